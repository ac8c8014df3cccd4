"""Measure what an install needs: packages and disk space of the base wheel and of each extra.

``python tools/install_size.py`` builds the wheel, installs it with pip into new virtual
environments, and prints the table of docs/reference/install.md. It needs a package index, as
configured for pip, and some minutes. With names of extras it measures only those.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LIBRARY = "library"
"""Name of the base install in this file."""


class Size(NamedTuple):
    """Size of an install.

    Attributes:
        megabytes: Sum of the files in ``site-packages``, with bytecode, without pip and setuptools;
            MB of 1,000,000 bytes.
        packages: Number of distributions, including News Streams.
        largest: The largest packages with their MB.
    """

    megabytes: float
    packages: int
    largest: list[tuple[str, float]]


def size_of(site_packages: Path, names: dict[str, list[str]]) -> Size:
    """Return the size of distributions.

    Args:
        site_packages: Folder in which they are installed.
        names: Files of each distribution, relative to the folder.
    """
    sizes = {
        name: sum(path.stat().st_size for file in files if (path := site_packages / file).is_file())
        / 1e6
        for name, files in names.items()
        if name not in {"pip", "setuptools"}
    }
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:6]
    return Size(sum(sizes.values()), len(sizes), largest)


FILES = """
import json, sys
from importlib import metadata
print(json.dumps({d.name: [str(f) for f in d.files or ()] for d in metadata.distributions()}))
"""


def measure(wheel: Path, extra: str) -> Size:
    """Install the wheel with an extra into a new environment, and return the size.

    Args:
        wheel: In a folder with the wheels of packages/, which are on no index.
        extra: Name of the extra, or `LIBRARY`.
    """
    with tempfile.TemporaryDirectory() as folder:
        _run(sys.executable, "-m", "venv", folder)
        python = f"{folder}/bin/python"
        requirement = str(wheel) if extra == LIBRARY else f"{wheel}[{extra}]"
        options = ("--disable-pip-version-check", "--quiet", "--only-binary=:all:")
        ours = f"--find-links={wheel.parent}"
        _run(python, "-m", "pip", "install", *options, ours, requirement)
        site_packages = next(Path(folder).glob("lib/python*/site-packages"))
        return size_of(site_packages, json.loads(_run(python, "-c", FILES)))


def table(sizes: dict[str, Size]) -> str:
    """Return the rows of the document.

    Examples:
        >>> print(table({"library": Size(10.2, 3, [("x", 9.0)])}))
        | `news-streams` | 10 MB | 3 | x 9 |
    """
    return "\n".join(
        f"| `news-streams{'' if extra == LIBRARY else f'[{extra}]'}` | {size.megabytes:.0f} MB | "
        f"{size.packages} | {', '.join(f'{name} {mb:.0f}' for name, mb in size.largest)} |"
        for extra, size in sizes.items()
    )


def _run(*command: str, cwd: Path = ROOT) -> str:
    # All commands are fixed in this file.
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=cwd).stdout  # noqa: S603


def main() -> None:
    """Build the wheel, install and measure each extra, and print the table."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    known = [LIBRARY, *project["optional-dependencies"]]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extras", nargs="*", choices=[*known, []], default=[], metavar="EXTRA")
    extras = parser.parse_args().extras or known
    with tempfile.TemporaryDirectory() as folder:
        build = ("-m", "hatchling", "build", "--target", "wheel", "--directory", folder)
        for project_folder in (ROOT, *sorted(ROOT.glob("packages/*"))):
            _run(sys.executable, *build, cwd=project_folder)
        (wheel,) = Path(folder).glob("news_streams-*.whl")
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {sys.platform}; ",
            end="",
        )
        print(f"wheel: {wheel.stat().st_size / 1e6:.1f} MB")
        for extra in extras:
            print(table({extra: measure(wheel, extra)}), flush=True)


if __name__ == "__main__":
    main()
