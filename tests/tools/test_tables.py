import re
from pathlib import Path

from streams.outcome import DropReason, RejectReason
from streams.records.topics import TOPICS
from streams.settings import Settings
from streams.topology import STAGES
from tools.tables import (
    commands,
    commands_table,
    log_table,
    metrics_table,
    reasons_table,
    settings_table,
    stages_table,
    table,
    topics_overview,
    topics_table,
)


def first_cells(drawn: str) -> list[str]:
    return [line.split(" | ")[0].strip("|` ") for line in drawn.splitlines()[2:]]


def test_table_keeps_a_cell_on_one_line() -> None:
    assert table(["a"], [["one\n  two | three"]]).splitlines()[2:] == [r"| one two \| three |"]


def test_stages_table_has_every_stage_in_order() -> None:
    assert first_cells(stages_table()) == [stage.name for stage in STAGES]


def test_topics_table_has_every_topic_and_the_routed_ones() -> None:
    assert first_cells(topics_table()) == [*(topic.name for topic in TOPICS), "routed.NAME.v1"]


def test_reasons_table_has_every_reason_with_its_meaning() -> None:
    lines = reasons_table().splitlines()[2:]

    assert first_cells(reasons_table()) == [*DropReason, *RejectReason]
    assert all(len(line.split(" | ")[2]) > len("It.") for line in lines)


def test_settings_table_has_every_setting_and_no_secret() -> None:
    assert first_cells(settings_table()) == [
        f"NEWS_{name.upper()}" for name in Settings.model_fields
    ]
    assert "Secret" not in settings_table()


def test_metrics_table_has_the_names_of_prometheus() -> None:
    assert "news_records_total" in first_cells(metrics_table())
    assert "| stage, decision, reason |" in metrics_table()


def test_commands_are_spelled_as_typed() -> None:
    assert {"streams demo", "streams topics create"} <= set(commands())
    assert re.findall(r"^\| \[`(.*?)`\]", commands_table(), re.MULTILINE) == list(commands())


def test_log_table_finds_events_in_all_folders(tmp_path: Path) -> None:
    (tmp_path / "one" / "two").mkdir(parents=True)
    (tmp_path / "one" / "two" / "three.py").write_text('log.info("done", took=1)\n')

    assert log_table(tmp_path).splitlines()[2:] == ["| done | info | `took` | `one/two/three` |"]


def test_topics_overview_has_every_topic() -> None:
    assert first_cells(topics_overview()) == [*(topic.name for topic in TOPICS), "routed.NAME.v1"]
