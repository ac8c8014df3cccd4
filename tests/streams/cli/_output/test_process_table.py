"""The table of processes."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from streams.cli._output.process_table import process_table, remedies, status_printer
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from streams.supervisor.supervisor import Wait


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    """A pipeline that has not been started."""
    settings = Settings(broker="kafka:9092", data=tmp_path)
    return Pipeline(settings, {"clean": 2}, log_folder=tmp_path / "logs")


def drawn(pipeline: Pipeline, *, width: int = 160, ended: bool = False, **options: Any) -> str:
    """The table as text."""
    console = Console(width=width)
    with console.capture() as captured:
        console.print(process_table(pipeline, width=width, ended=ended, **options))
    return captured.get()


def test_table_has_line_per_process(pipeline: Pipeline) -> None:
    text = drawn(pipeline)

    names = ["clean-1", "clean-2", "dedupe-1", "tag-1", "route-1"]
    assert [child.name for child in pipeline.children] == names
    assert [name for name in names if name not in text] == []
    assert "kafka:9092" in text


def test_table_shows_counters_of_process(pipeline: Pipeline) -> None:
    child = pipeline.children[0]
    child.health = {"ready": True, "partitions": 8, "delivered": 12345, "lag": 67}
    child.note, child.port, child.restarts = "running", 8081, 3

    [line] = [line for line in drawn(pipeline).splitlines() if "clean-1" in line]

    assert line.split() == [
        *("clean-1", "running", "8", "12,345", "67", "3"),
        "http://127.0.0.1:8081/metrics",
    ]


def test_table_shows_process_with_partial_health(pipeline: Pipeline) -> None:
    pipeline.children[0].health = {"ready": False}

    assert "clean-1" in drawn(pipeline)


def test_table_fits_80_columns(pipeline: Pipeline) -> None:
    for child in pipeline.children:
        child.health = {"ready": True, "partitions": 8, "delivered": 123_456_789, "lag": 12_345}
        child.note, child.port, child.restarts = "getting ready", 40001, 12

    lines = drawn(pipeline, width=80).splitlines()

    assert "…" not in "".join(lines)
    assert [line.split()[-1] for line in lines if line.startswith("clean")] == ["40001"] * 2
    assert len(lines[-1]) < 70  # ^C has room behind it


def test_table_shows_problems(pipeline: Pipeline) -> None:
    problem = "routes.toml:12: [route] europe: column 8: unexpected `or`"
    pipeline.children[-1].health = {"ready": True, "problem": problem}
    pipeline.children[-1].note = "running"

    text = drawn(pipeline)

    assert "running, see below" in text
    assert f"route-1: {problem}" in text


def test_table_of_ended_pipeline_has_no_hint(pipeline: Pipeline) -> None:
    assert "Ctrl-C" in drawn(pipeline)
    assert "Ctrl-C" not in drawn(pipeline, ended=True)


@pytest.mark.parametrize("table", [True, False])
def test_status_printer_ignores_markup(
    table: bool,  # noqa: FBT001  # both cases
    capsys: pytest.CaptureFixture[str],
) -> None:
    status_printer(table=table)("Kafka says [/x] and [red]")

    assert capsys.readouterr().err == "Kafka says [/x] and [red]\n"


def test_table_shows_rate_and_age(pipeline: Pipeline) -> None:
    child = pipeline.children[0]
    child.started_at = 100.0
    child.note = "running"
    for at, delivered in ((390.0, 1000), (400.0, 1250)):
        child.health = {"ready": True, "partitions": 8, "delivered": delivered, "lag": 0}
        child.count(at)

    [line] = [line for line in drawn(pipeline, now=400.0).splitlines() if "clean-1" in line]

    assert line.split() == ["clean-1", "running", "8", "1,250", "25", "0", "5", "min"]


def test_table_explains_latest_restarts(pipeline: Pipeline) -> None:
    for number, child in enumerate(pipeline.children):
        child.restarts, child.ended_at, child.reason = 2, 300.0 + number, f"reason {number}"

    text = drawn(pipeline, now=330.0)

    assert "route-1: 2 restarts, the last 26 s ago: reason 4" in text
    assert "reason 1" not in text


@pytest.mark.parametrize(
    ("note", "named"), [("waiting", ["add a feed"]), ("running", []), ("stopped", [])]
)
def test_remedy_is_named_while_process_waits(
    pipeline: Pipeline, note: str, named: list[str]
) -> None:
    child = pipeline.children[0]
    child.wait = Wait(is_met=lambda: False, note="waiting", remedy="add a feed")
    child.note = note

    assert remedies(pipeline) == named


def test_table_names_process_without_partitions(pipeline: Pipeline) -> None:
    child = pipeline.children[1]
    child.health, child.note = {"ready": True, "partitions": 0}, "running"

    assert "clean-2   idle, no partition left" in drawn(pipeline)


@pytest.mark.parametrize("width", [50, 60, 75, 100, 140])
def test_table_cuts_only_states(pipeline: Pipeline, width: int) -> None:
    for child in pipeline.children:
        child.health = {"ready": True, "partitions": 0, "delivered": 9, "lag": 7}
        child.note, child.port, child.started_at = "running", 40001, 100.0

    lines = drawn(pipeline, width=width, now=130.0).splitlines()
    rows = [line for line in lines if line.startswith(("clean-", "dedupe-", "tag-", "route-"))]

    assert len(rows) == 5
    assert max(map(len, lines[2:])) <= width
    assert all(" 9 " in row and " 7 " in f"{row} " for row in rows)


def test_notes_go_below_the_table(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    status = status_printer(table=True)
    status.show(on_screen=True)

    status("Kafka is back")

    assert capsys.readouterr().err == ""
    assert "Kafka is back" in drawn(pipeline, notes=tuple(status.notes))
