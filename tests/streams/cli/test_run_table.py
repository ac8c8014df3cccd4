"""What a person sees of a running pipeline."""

from pathlib import Path

import pytest
from rich.console import Console

from streams.cli.run_table import shown, table_of
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    """A pipeline that has not been started."""
    settings = Settings(broker="kafka:9092", data=tmp_path)
    return Pipeline(settings, {"clean": 2}, log_folder=tmp_path / "logs")


def drawn(pipeline: Pipeline, *, width: int = 160, ended: bool = False) -> str:
    """The table as text."""
    console = Console(width=width)
    with console.capture() as captured:
        console.print(table_of(pipeline, width=width, ended=ended))
    return captured.get()


def test_table_has_a_line_for_each_process(pipeline: Pipeline) -> None:
    text = drawn(pipeline)

    names = ["clean-1", "clean-2", "dedupe-1", "tag-1", "route-1"]
    assert [child.name for child in pipeline.children] == names
    assert [name for name in names if name not in text] == []
    assert "kafka:9092" in text


def test_table_shows_what_a_process_has_done(pipeline: Pipeline) -> None:
    child = pipeline.children[0]
    child.health = {"ready": True, "partitions": 8, "delivered": 12345, "lag": 67}
    child.note, child.port, child.restarts = "running", 8081, 3

    [line] = [line for line in drawn(pipeline).splitlines() if "clean-1" in line]

    assert line.split() == [
        *("clean-1", "running", "8", "12,345", "67", "3"),
        "http://127.0.0.1:8081/metrics",
    ]


def test_table_shows_a_process_whose_health_is_not_known_whole(pipeline: Pipeline) -> None:
    pipeline.children[0].health = {"ready": False}

    assert "clean-1" in drawn(pipeline)


def test_table_is_whole_on_80_columns(pipeline: Pipeline) -> None:
    for child in pipeline.children:
        child.health = {"ready": True, "partitions": 8, "delivered": 123_456_789, "lag": 12_345}
        child.note, child.port, child.restarts = "getting ready", 40001, 12

    lines = drawn(pipeline, width=80).splitlines()

    assert "…" not in "".join(lines)
    assert [line.split()[-1] for line in lines if line.startswith("clean")] == ["40001"] * 2
    assert len(lines[-1]) < 70  # ^C has room behind it


def test_table_says_what_should_be_mended(pipeline: Pipeline) -> None:
    problem = "routes.toml:12: [route] europe: column 8: `or` cannot stand here"
    pipeline.children[-1].health = {"ready": True, "problem": problem}
    pipeline.children[-1].note = "running"

    text = drawn(pipeline)

    assert "running, see below" in text
    assert f"route-1: {problem}" in text


def test_table_that_stays_does_not_say_what_can_be_done(pipeline: Pipeline) -> None:
    assert "Ctrl-C" in drawn(pipeline)
    assert "Ctrl-C" not in drawn(pipeline, ended=True)


@pytest.mark.parametrize("table", [True, False])
def test_shown_prints_what_it_is_told_as_it_is(
    table: bool,  # noqa: FBT001  # both cases
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown(table=table)("Kafka says [/x] and [red]")

    assert capsys.readouterr().err == "Kafka says [/x] and [red]\n"
