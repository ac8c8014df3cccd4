"""A data folder that an older version wrote, in use by this one: nothing lost, nothing twice."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BEFORE_THE_MOVES = "e5699aa"
"""The last commit before modules, records and files of settings moved."""


@pytest.fixture
def older_version(kafka_cache: Path) -> str:  # noqa: ARG001  # both versions start this Kafka
    """The commit of an older version; a checkout without history has none."""
    command = ["git", "-C", str(ROOT), "cat-file", "-e", f"{BEFORE_THE_MOVES}^{{commit}}"]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip(f"needs the commit {BEFORE_THE_MOVES}, which is not in this checkout")
    return BEFORE_THE_MOVES


@pytest.mark.chaos
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("options", [(), ("--kill",)], ids=["stopped", "killed"])
def test_data_of_an_older_version_is_taken_over(
    older_version: str, options: tuple[str, ...]
) -> None:
    command = [sys.executable, "tools/takeover.py", older_version, *options]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
