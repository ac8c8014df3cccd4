"""Who sent a message is found for any bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import SENDER_HEADER
from streams.records.sender import LONGEST_NAME, RecordSender, sender_of_message


@given(
    st.one_of(st.none(), st.binary(), st.text().map(str.encode)),
    st.lists(st.tuples(st.sampled_from([SENDER_HEADER, "x"]), st.binary())),
)
def test_sender_is_found_for_any_bytes(
    value: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    found = sender_of_message(value, headers)

    assert all(len(name) <= LONGEST_NAME for name in found)


@pytest.mark.parametrize(
    "value",
    [b'{"source":7}', b"[" * 100_000, b'{"source":"' + b"\xff" + b'"}', b'{"a":1}', b"null"],
    ids=["number", "nested", "no UTF-8", "no source", "null"],
)
def test_record_without_source_has_an_empty_one(value: bytes) -> None:
    assert sender_of_message(value, []) == RecordSender("", "")


def test_long_source_is_cut() -> None:
    value = b'{"source":"%s"}' % (b"x" * 9000)

    assert sender_of_message(value, []).name == "x" * LONGEST_NAME
