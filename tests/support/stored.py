"""Messages as Kafka has them, good ones and such that other programs may write."""

from collections.abc import Iterable
from typing import Any

from aiokafka import ConsumerRecord
from hypothesis import strategies as st

from streams.records import ORIGIN_HEADER
from tests.support.builders import FETCHED

SENT = int(FETCHED.timestamp() * 1000)
"""Timestamp of a good message, in milliseconds."""

LAST_INT64 = 2**63 - 1


def stored_message(
    topic: str,
    *,
    key: bytes | None = b"k",
    value: bytes | None = b"{}",
    headers: Iterable[tuple[str, Any]] = (),
    timestamp: int = SENT,
    partition: int = 0,
    offset: int = 0,
) -> Any:
    """Return a message as aiokafka's consumer does."""
    return ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=timestamp,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=len(key or b""),
        serialized_value_size=len(value or b""),
        headers=tuple(headers),
    )


KEYS: tuple[bytes | None, ...] = (
    None,
    b"",
    b"\xff\xfe",
    b"no-uuid",
    b"6b626991-d331-5668-91ea-aedb6407150e\n",
    b"0x10",
    b"\x00" * 300,
)
"""Keys of other programs."""

VALUES: tuple[bytes | None, ...] = (
    None,
    b"",
    b"{}",
    b"[]",
    b"null",
    b"1e999",
    b"\xff\xfe\x00",
    b'"\xed\xa0\x80"',
    b'{"id": "\\ud800"}',
    b'{"id": 1, "id": "two"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"id": "' + b"x" * 1_000_000,
)
"""Values of other programs."""

HEADERS: tuple[tuple[tuple[str, Any], ...], ...] = (
    (),
    ((ORIGIN_HEADER, None),),
    ((ORIGIN_HEADER, b"\xff\xfe"),),
    ((ORIGIN_HEADER, b""),),
    ((ORIGIN_HEADER, b"articles.raw.v1-0"),),
    ((ORIGIN_HEADER, b"articles.raw.v1-x-y"),),
    ((ORIGIN_HEADER, b"articles.raw.v1-0-" + b"9" * 30),),
    ((ORIGIN_HEADER, "articles.raw.v1-٣-٧".encode()),),
    ((ORIGIN_HEADER, b"\x1b]0;title\x07"),),
    (("news-attempt", b"\xff"), ("news-taken", "²".encode()), ("news-redriven", b"\xff")),
    (("news-attempt", None), ("news-taken", None), ("news-redriven", None)),
    (("news-attempt", b"0"), ("news-taken", b"9" * 40), ("", b"")),
)
"""Headers of other programs."""

TIMESTAMPS: tuple[int, ...] = (
    -(2**63),
    -62_135_596_800_001,  # the millisecond before year 1
    -1,
    0,
    253_402_300_800_000,  # year 10,000
    LAST_INT64,
)
"""Timestamps of other programs: Kafka takes any 64 bits."""


def pills(topic: str) -> list[Any]:
    """Return one message for each key, value, headers and timestamp of other programs."""
    return [
        *(stored_message(topic, key=key) for key in KEYS),
        *(stored_message(topic, key=key, value=None) for key in KEYS),
        *(stored_message(topic, value=value) for value in VALUES),
        *(stored_message(topic, headers=headers) for headers in HEADERS),
        *(stored_message(topic, timestamp=timestamp) for timestamp in TIMESTAMPS),
    ]


def foreign_messages(topic: str) -> st.SearchStrategy[Any]:
    """Return a strategy for messages of other programs."""
    header = st.tuples(
        st.sampled_from([ORIGIN_HEADER, "news-attempt", "news-taken", "news-redriven", "x"]),
        st.none() | st.binary(max_size=40),
    )
    return st.builds(
        stored_message,
        st.just(topic),
        key=st.none() | st.binary(max_size=50) | st.sampled_from(KEYS),
        value=st.none() | st.binary(max_size=200) | st.sampled_from(VALUES[:10]),
        headers=st.lists(header, max_size=4),
        timestamp=st.integers(-(2**63), LAST_INT64) | st.sampled_from(TIMESTAMPS),
        offset=st.integers(0, LAST_INT64 - 1),
    )


def with_fields(message: Any, **fields: Any) -> Any:
    """Return a message with other fields of Kafka's."""
    values = {name: getattr(message, name) for name in ("key", "value", "headers", "timestamp")}
    values |= {"partition": message.partition, "offset": message.offset}
    return stored_message(message.topic, **values | fields)


def dressed(good: Any) -> list[Any]:
    """Return a good message with each headers and timestamp of other programs."""
    return [
        *(with_fields(good, headers=headers) for headers in HEADERS),
        *(with_fields(good, timestamp=timestamp) for timestamp in TIMESTAMPS),
    ]


def variations(good: Any) -> list[Any]:
    """Return good records with one field spoiled: in JSON, but not of this record, or extreme."""
    import orjson  # noqa: PLC0415

    fields = orjson.loads(good.value)
    spoils: tuple[Any, ...] = (
        *(None, "", "no-uuid", "\x00", "\x1b[31m", "x" * 600),
        *(LAST_INT64, 2**62, -1, 1e300, True, [], {}, [[]]),
        *("2026-03-02T09:30:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "QUI=", "QQ=="),
    )
    return [
        with_fields(good, value=orjson.dumps(fields | {name: spoil}), key=b"spoiled")
        for name in fields
        for spoil in spoils
    ]
