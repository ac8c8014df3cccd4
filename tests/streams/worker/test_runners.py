"""The runner of a stage follows from the topology."""

from dataclasses import replace

from streams.settings import Settings
from streams.topology import DEDUPE_STAGE, ROUTE_STAGE
from streams.worker.route_runner import RouteRunner
from streams.worker.runners import InPlaceRunner, runner_for
from streams.worker.table_runner import TableRunner


def test_runner_for_route_watches_its_rules() -> None:
    assert type(runner_for(ROUTE_STAGE, Settings(), lambda: None)) is RouteRunner


def test_runner_for_dedupe_reads_its_table() -> None:
    assert type(runner_for(DEDUPE_STAGE, Settings(), lambda: None)) is TableRunner


def test_runner_for_stage_without_state_runs_in_place() -> None:
    stage = replace(ROUTE_STAGE, runner="", tables=())

    assert type(runner_for(stage, Settings(), lambda: None)) is InPlaceRunner
