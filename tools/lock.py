"""Choose the versions in the lock files: ``make lock``.

``requirements.lock`` has everything that runs News Streams with every extra,
``requirements-test.lock`` the same versions and the test group, ``requirements-docs.lock`` the
tools of the documentation site. uv resolves for every platform at once, which pip cannot; it is
installed into the environment if missing, because nothing else needs it. The packages in packages/
are left out: they are installed from the checkout, and have no hash.
"""

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

RUN_LOCK = Path("requirements.lock")
TEST_LOCK = Path("requirements-test.lock")
DOCS_LOCK = Path("requirements-docs.lock")
PACKAGES = Path("packages")
OPTIONS = (
    "--universal --python-version 3.11 --generate-hashes "
    "--no-emit-index-url --no-header --no-annotate --quiet"
)


def addresses(lock: str) -> list[str]:
    r"""Return the lines that name a host: a lock must work with every package index.

    Examples:
        >>> addresses("--index-url https://index.test/simple\nlark==1.3.1 \\\n")
        ['--index-url https://index.test/simple']
    """
    return [line for line in lock.splitlines() if re.search(r"://|^\s*(-i|--(?!hash=))", line)]


def _python(*command: str) -> None:
    # The arguments are fixed in this file and in pyproject.toml.
    subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _compile(lock: Path, *more: str) -> None:
    _python("uv", "pip", "compile", *OPTIONS.split(), *more, "-o", str(lock))
    found = addresses(lock.read_text("utf-8"))
    if found:
        sys.exit(f"{lock} names hosts; do not commit it:\n" + "\n".join(found))


def main() -> None:
    """Resolve each lock, and refuse one that names a host."""
    if find_spec("uv") is None:
        groups = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["dependency-groups"]
        wanted = [name for name in groups["dev"] if str(name).startswith("uv")]
        _python("pip", "install", "--quiet", *wanted)
    ours = [f"--no-emit-package={path.parent.name}" for path in PACKAGES.glob("*/pyproject.toml")]
    project = ("--all-extras", *ours, "--group", "install", "pyproject.toml")
    _compile(TEST_LOCK, *project, "--group", "test")
    # The test group may hold a version back. Both locks must agree, because one environment may
    # be installed from one after the other.
    _compile(RUN_LOCK, *project, "--constraint", str(TEST_LOCK))
    _compile(DOCS_LOCK, "--group", "pyproject.toml:docs")


if __name__ == "__main__":
    main()
