"""Fuzz the parsers one after the other, each from its corpus: run.py SECONDS [TARGET …].

Needs atheris, which `make fuzz` installs into an environment of its own: there are wheels for
Linux on x86-64 only. An input that raises is written to the current folder as ``crash-…``; add it
to ``tests/fuzz/corpus/TARGET`` with the fix.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
MAX_LENGTH = 20_000
SECONDS_PER_INPUT = 10
"""An input that takes longer is reported like one that raises."""


def main() -> int:
    """Run each target in a process of its own, and return 1 if one found something."""
    if sys.argv[1] == "--one":
        _fuzz(sys.argv[2], sys.argv[3:])
    seconds, names = sys.argv[1], sys.argv[2:] or sorted(path.name for path in CORPUS.iterdir())
    failed = [name for name in names if _run(name, seconds)]
    print("found something:", ", ".join(failed) or "nothing")  # noqa: T201
    return bool(failed)


def _fuzz(name: str, options: list[str]) -> None:
    import atheris  # noqa: PLC0415  # not in the environment of the tests

    with atheris.instrument_imports(include=["streams"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415  # instrumented
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


def _run(name: str, seconds: str) -> bool:
    print(f"== {name}", flush=True)  # noqa: T201
    with tempfile.TemporaryDirectory() as found:
        options = [
            f"-max_total_time={seconds}", f"-max_len={MAX_LENGTH}", f"-timeout={SECONDS_PER_INPUT}",
            "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1", found, str(CORPUS / name),
        ]  # fmt: skip
        command = [sys.executable, "-m", "tests.fuzz.run", "--one", name, *options]
        return subprocess.run(command, check=False, cwd=Path(__file__).parents[2]).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
