"""The processes that a pipeline plans, before any is started."""

from pathlib import Path

import pytest

from streams.errors import BrokerError
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline, this_host
from streams.topology import STAGES


def test_pipeline_runs_one_process_per_stage_by_default() -> None:
    pipeline = Pipeline(Settings(), {"tag": 2})

    names = [stage.name for stage in STAGES]
    names.insert(names.index("tag"), "tag")
    numbers = [2 if names[:index].count(name) else 1 for index, name in enumerate(names)]
    assert [(child.name, child.command) for child in pipeline.children] == [
        (f"{name}-{number}", ("worker", name, "--instance", f"{this_host()}-{number}"))
        for name, number in zip(names, numbers, strict=True)
    ]


def test_pipeline_polls_a_file_of_feeds() -> None:
    pipeline = Pipeline(Settings(), {}, feeds=Path("/my/feeds.toml"), log_folder=Path("logs"))

    child = pipeline.children[-1]
    assert child.name == "sources-1"
    assert child.command == (
        *("sources", "run", "--feeds", "/my/feeds.toml"),
        *("--instance", f"{this_host()}-1"),
    )
    assert child.log_path == Path("logs/sources-1.log")


def test_pipeline_delivers_alerts_if_requested() -> None:
    pipeline = Pipeline(Settings(), {}, deliver=True)

    child = pipeline.children[-1]
    assert (child.name, child.command) == (
        "deliver-1",
        ("deliver", "--instance", f"{this_host()}-1"),
    )


def test_pipeline_serves_at_its_port_if_requested() -> None:
    pipeline = Pipeline(Settings(serve_port=9000), {}, serve=True, log_folder=Path("logs"))

    child = pipeline.children[-1]
    assert (child.name, child.command, child.fixed_port) == ("serve-1", ("serve",), 9000)
    assert child.log_path == Path("logs/serve-1.log")


@pytest.mark.parametrize("folder", [None, Path("logs")])
def test_pipeline_logs_each_process_to_its_file(folder: Path | None) -> None:
    pipeline = Pipeline(Settings(), {}, log_folder=folder)

    paths = {child.log_path for child in pipeline.children}

    assert paths == ({Path(f"logs/{stage.name}-1.log") for stage in STAGES} if folder else {None})


async def test_pipeline_starts_nothing_without_topics() -> None:
    pipeline = Pipeline(Settings(broker="127.0.0.1:1"), {})

    with pytest.raises(BrokerError, match=r"^connecting to Kafka at 127\.0\.0\.1:1"):
        await pipeline.__aenter__()

    assert [child.process for child in pipeline.children] == [None] * 4
