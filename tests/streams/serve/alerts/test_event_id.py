"""Event ids: written, parsed, adapted to the topic."""

from contextlib import suppress
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.serve.alerts.event_id import (
    event_id,
    parse_event_id,
    starting_offsets,
    topic_of_event_id,
)
from streams.serve.alerts.handlers import _start

OFFSETS = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20)


@given(OFFSETS)
def test_event_id_round_trips(offsets: list[int]) -> None:
    assert parse_event_id(event_id(offsets)) == offsets
    assert parse_event_id(event_id(offsets, topic_id="5f2c90aa")) == offsets


@pytest.mark.parametrize("topic_id", ["", "5f2c90aa"])
def test_event_id_names_topic(topic_id: str) -> None:
    assert topic_of_event_id(event_id([0, 71], topic_id=topic_id)) == topic_id


@pytest.mark.parametrize(
    ("topic_id", "offsets"),
    [("5f2c90aa", [3, 9]), ("00aa17e5", [0, 0]), ("", [3, 9])],
    ids=["same topic", "created again and longer", "id of an older version"],
)
def test_client_begins_again_in_other_topic(topic_id: str, offsets: list[int]) -> None:
    log = SimpleNamespace(topic_id="5f2c90aa", offsets=[20, 20])

    found = _start(log, "now", event_id([3, 9], topic_id=topic_id))  # type: ignore[arg-type]

    assert found == offsets


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert all(0 <= offset < 2**63 for offset in parse_event_id(text))


@pytest.mark.parametrize("text", ["", ".", "1.", "-1", "1..2", "²", "zzzzzzzzzzzzz", "1." * 2000])
def test_invalid_event_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an event id"):
        parse_event_id(text)


@given(OFFSETS, OFFSETS)
def test_starting_offsets_stay_within_topic(wanted: list[int], ends: list[int]) -> None:
    offsets = starting_offsets(wanted, ends)

    assert len(offsets) == len(ends)
    assert all(0 <= offset <= end for offset, end in zip(offsets, ends, strict=True))
    assert all(
        offset <= wanted_offset for offset, wanted_offset in zip(offsets, wanted, strict=False)
    )
