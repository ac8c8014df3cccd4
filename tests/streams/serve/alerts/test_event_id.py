"""Where a client stands: written, read again, fitted to the topic."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.serve.alerts.event_id import event_id, parse_event_id, starting_offsets

offsets = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20)


@given(offsets)
def test_what_is_written_is_read_again(places: list[int]) -> None:
    assert parse_event_id(event_id(places)) == places


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert all(0 <= place < 2**63 for place in parse_event_id(text))


@pytest.mark.parametrize("text", ["", ".", "1.", "-1", "1..2", "²", "zzzzzzzzzzzzz", "1." * 2000])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no id of an event"):
        parse_event_id(text)


@given(offsets, offsets)
def test_a_start_lies_within_the_topic_and_never_behind_where_the_client_stood(
    wanted: list[int], ends: list[int]
) -> None:
    places = starting_offsets(wanted, ends)

    assert len(places) == len(ends)
    assert all(0 <= place <= end for place, end in zip(places, ends, strict=True))
    assert all(place <= stood for place, stood in zip(places, wanted, strict=False))
