"""Every fault of the table, done to a pipeline at work: nothing lost, nothing ends twice."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from schemas.topics import DEAD_LETTER
from streams.broker import BrokerOptions
from tests.support.chaos import ROUTED_FROM, do_fault
from tests.support.faults import FAKETIME, FAULTS, Fault

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(600)]

N_ARTICLES = 1500
MOST_MEMORY = 1_500_000_000
"""Bytes of all the pipeline's processes together, pages that they share counted once each."""


@pytest.fixture
def fault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fault]:
    """A fault, where this machine can have it."""
    wanted: Fault = request.param
    if wanted.skewed and not FAKETIME.exists():
        pytest.skip(f"needs {FAKETIME}: on Debian and Ubuntu, apt install faketime")
    with ExitStack() as stack:
        if wanted.small_disk:
            stack.enter_context(small_disk(tmp_path / "kafka"))
        yield wanted


def small_disk(folder: Path) -> ExitStack:
    """Mount a small file system at a folder, or skip where that is not allowed."""
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder))
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs a file system of its own: {done.stderr.strip()}")
    stack = ExitStack()
    stack.callback(subprocess.run, ("umount", "--lazy", str(folder)), check=True)
    return stack


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name, indirect=True)
async def test_fault_loses_nothing_and_ends_nothing_twice(
    fault: Fault, broker_options: BrokerOptions, tmp_path: Path
) -> None:
    options = replace(broker_options, data=tmp_path / "kafka")

    row = await do_fault(fault, options=options, folder=tmp_path, n_articles=N_ARTICLES)

    sys.stdout.write(f"chaos {orjson.dumps(row.figures()).decode()}\n")
    found = row.found
    assert (found.missing, found.twice, sum(found.ends.values())) == ([], [], row.n_sent)
    assert found.ends[DEAD_LETTER.name] == int(N_ARTICLES * fault.poison)
    assert row.n_routed >= sum(found.ends[name] for name in ROUTED_FROM)
    assert row.most_memory < MOST_MEMORY
