from enum import StrEnum
from pathlib import Path

import pytest

from tools.reading import LogEvent, log_events, member_texts


class Fruit(StrEnum):
    """Kinds of fruit."""

    APPLE = "apple"
    """Round,
    and red."""
    PEAR = "pear"
    """Green."""


def test_member_texts_returns_the_docstring_of_each_member() -> None:
    assert member_texts(Fruit) == {"apple": "Round, and red.", "pear": "Green."}


@pytest.mark.parametrize(
    ("source", "events"),
    [
        ('log.info("ready", stage=1)', [LogEvent("ready", "info", ("stage",), "module")]),
        ('log.error("b")\nlog.debug("a")', ["b", "a"]),
        ('log.info("up" if ready else "down")', ["up", "down"]),
        ('hint = "full"\nlog.error(hint)', ["full"]),
        ('print("no")\nlogger.info("other")\nlog.bind(a=1)', []),
    ],
)
def test_log_events_are_the_calls_of_log_in_order(
    tmp_path: Path, source: str, events: list[LogEvent | str]
) -> None:
    path = tmp_path / "module.py"
    path.write_text(source)
    found = list(log_events(path))

    assert found == events or [event.text for event in found] == events
