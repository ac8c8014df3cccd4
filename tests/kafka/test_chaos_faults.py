"""Every fault of the table, applied to a running pipeline: nothing is lost or ends twice."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from streams.broker import BrokerOptions
from streams.records.topics import DEAD_LETTER
from tests.support.chaos import run_fault
from tests.support.faults import FAULTS, Fault, broker_folder

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(600)]

N_ARTICLES = 1500
MOST_MEMORY = 1_500_000_000
"""Bytes of all processes of the pipeline together; shared pages are counted once each."""


@pytest.fixture
def fault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fault]:
    """Return a fault, if this machine can run it."""
    requested: Fault = request.param
    with broker_folder(requested, tmp_path / "kafka") as problem:
        if problem:
            pytest.skip(problem)
        yield requested


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name, indirect=True)
async def test_fault_loses_nothing_and_ends_nothing_twice(
    fault: Fault, broker_options: BrokerOptions, tmp_path: Path
) -> None:
    options = replace(broker_options, data=tmp_path / "kafka")

    row = await run_fault(fault, options=options, folder=tmp_path, n_articles=N_ARTICLES)

    sys.stdout.write(f"chaos {orjson.dumps(row.figures()).decode()}\n")
    found = row.found.audit
    assert (row.n_lost, found.twice, sum(found.ends.values())) == (0, [], row.n_sent)
    assert found.ends[DEAD_LETTER.name] == int(N_ARTICLES * fault.poison)
    assert row.most_memory < MOST_MEMORY
