"""The parts that every record shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.record import Origin

NUMBERS = st.integers(min_value=0)


@given(st.from_regex(r"\A[a-z0-9.-]{1,60}\Z"), NUMBERS, NUMBERS)
def test_origin_round_trips(topic: str, partition: int, offset: int) -> None:
    origin = Origin(topic, partition, offset)

    assert Origin.parse(str(origin)) == origin


@pytest.mark.parametrize("text", ["", "topic", "topic-1", "topic-1-x", "topic-x-1"])
def test_origin_refuses_other_texts(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # int and unpacking say it in their own words
        Origin.parse(text)
