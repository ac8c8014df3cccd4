"""A stage is its entry in the topology and its processor; all else follows from them."""

from dataclasses import replace
from typing import Any

import pytest

from streams.driver import Driver
from streams.processors.build import build_processor
from streams.processors.message import Processor
from streams.records import DeadLetter
from streams.records.topics import DEAD_LETTER, MEMORY
from streams.settings import Settings
from streams.topology import STAGES
from streams.worker.metrics import StageMetrics
from streams.worker.runners import InPlaceRunner, PooledRunner, runner_for
from streams.worker.table_runner import TableRunner
from tests.support.builders import raw_article
from tests.support.example_stage import EXAMPLE_STAGE, LOCATED


def test_new_stage_runs_in_the_driver(processors: dict[str, Processor]) -> None:
    stages = (*STAGES, EXAMPLE_STAGE)
    own = {
        stage.name: build_processor(stage, Settings())
        for stage in stages
        if stage.name not in processors
    }
    driver = Driver(processors | own, stages=stages)

    driver.put(raw_article(title="Russia and France sign a treaty"))
    driver.put(raw_article(url="https://news.test/rain", title="Rain", body=b"It rained."))

    [letter] = driver.records(DEAD_LETTER.name)
    assert len(driver.records(LOCATED.name)) == 1
    assert isinstance(letter, DeadLetter)
    assert (letter.stage, letter.detail) == ("example", "names nothing")


@pytest.mark.parametrize(
    ("changes", "runner"),
    [
        ({}, InPlaceRunner),
        ({"pooled": True}, PooledRunner),
        ({"tables": (MEMORY,)}, TableRunner),
    ],
    ids=["in place", "pooled", "with a state"],
)
def test_new_stage_has_the_runner_of_its_entry(changes: dict[str, Any], runner: type) -> None:
    stage = replace(EXAMPLE_STAGE, **changes)

    found = runner_for(stage, Settings(pool_processes=1), lambda: None)
    found.stop()

    assert type(found) is runner


def test_new_stage_has_a_group_and_metrics() -> None:
    metrics = StageMetrics(EXAMPLE_STAGE.name)
    metrics.count("emitted", "")

    labels = {"stage": "example", "decision": "emitted", "reason": ""}
    assert EXAMPLE_STAGE.app_id == "news-example"
    assert metrics.registry.get_sample_value("news_records_total", labels) == 1
