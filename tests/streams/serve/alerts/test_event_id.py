"""Event ids: written, parsed, adapted to the topic."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.serve.alerts.event_id import event_id, parse_event_id, starting_offsets

OFFSETS = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20)


@given(OFFSETS)
def test_event_id_round_trips(offsets: list[int]) -> None:
    assert parse_event_id(event_id(offsets)) == offsets


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
