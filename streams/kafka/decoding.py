"""Decode messages of any topic: the one place where readers meet bytes of other programs.

Any program that may write to Kafka can send any value, key, header and timestamp. A reader must
survive all of them, because a message that ends a reader ends it again after each restart. The
functions here never raise: a message that is not a record is *set aside*, that is logged with its
position and counted. Stages do more: they send a dead letter.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar

from streams.records import DecodeError, Record
from streams.records.codec import decode_one_of

R = TypeVar("R", bound=Record)

_LOG = logging.getLogger("streams.unreadable")
"""Not structlog, which would print to the standard output of a program that does not set it up."""

EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""Bounds of what `sent_at` returns: those of `datetime`. Kafka accepts timestamps of 64 bits."""

LOGGED: Final = 100
"""Messages of a topic that are logged; later only each hundredth, so that a flood of them does not
become a flood of lines."""


class StoredMessage(Protocol):
    """A message as Kafka has it."""

    @property
    def topic(self) -> str:
        """Physical name of its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its offset."""

    @property
    def value(self) -> bytes | None:
        """Its value."""


class UnreadableCounts:
    """Counts the messages that this process has set aside, by topic.

    Examples:
        >>> counts = UnreadableCounts()
        >>> counts.add("alerts.v1"), counts.add("alerts.v1"), counts.add("feeds.v1")
        (1, 2, 1)
        >>> counts.total
        3
    """

    def __init__(self) -> None:
        self.by_topic: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """Number of messages."""
        return self.by_topic.total()

    def add(self, topic: str) -> int:
        """Count a message; return the number of its topic."""
        self.by_topic[topic] += 1
        return self.by_topic[topic]


UNREADABLE: Final = UnreadableCounts()
"""The counts of this process, shown by the metric ``news_unreadable_records``."""


def read_record(message: StoredMessage, *records: type[R], again: bool = False) -> R | None:
    """Decode a message as one of some records; set it aside if it is none of them.

    Args:
        message: Any message.
        records: Possible types.
        again: Whether this process has read the message before: it is set aside only once.

    Returns:
        The record; None if there is none. A message without a value has none, and is not set
        aside: it is a tombstone, or the mark of a redriven dead letter.
    """
    if message.value is None:
        return None
    try:
        record: Any = decode_one_of(message.value, records)
    except DecodeError as error:
        if not again:
            set_aside(message, error.detail)
        return None
    return record  # type: ignore[no-any-return]


def update_table(table: MutableMapping[str, R], message: StoredMessage, record: type[R]) -> None:
    """Update a table with a message of its topic.

    A tombstone, and a message that is no record of the table, remove what its key named.

    Args:
        table: The records by key.
        message: Any message.
        record: Type of the records.
    """
    name, value = key_text(message), read_record(message, record)
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


def set_aside(message: Any, detail: str, *, topic: str = "") -> None:
    """Log and count a message that cannot be used.

    Args:
        message: The message.
        detail: Why it cannot be used.
        topic: Name of its topic, if the message does not have it.
    """
    name = topic or str(message.topic)
    n_unreadable = UNREADABLE.add(name)
    if n_unreadable <= LOGGED or n_unreadable % LOGGED == 0:
        _LOG.warning(
            "record unreadable: %s-%s-%s: %.200s (%d on this topic)",
            name,
            getattr(message, "partition", 0),
            message.offset,
            detail,
            n_unreadable,
        )


def key_text(message: Any) -> str:
    """Return the key of a message as text; bytes that are not UTF-8 are replaced."""
    return (message.key or b"").decode("utf-8", "replace")


def sent_at(message: Any) -> datetime:
    """Return the time at which a message was sent, Kafka's timestamp, within `datetime`'s bounds.

    Examples:
        >>> from types import SimpleNamespace
        >>> sent_at(SimpleNamespace(timestamp=-(2**63))) == EARLIEST
        True
    """
    milliseconds = message.timestamp or 0
    if milliseconds <= _EARLIEST_MS:
        return EARLIEST
    if milliseconds >= _LATEST_MS:
        return LATEST
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def headers_of(message: Any) -> tuple[tuple[str, bytes], ...]:
    """Return the headers of a message; a header without a value is empty.

    Args:
        message: A message of aiokafka or Faust; its headers are pairs, a dictionary or None.
    """
    headers: Iterable[tuple[Any, Any]] | Mapping[Any, Any] = message.headers or ()
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return tuple((str(name), bytes(value or b"")) for name, value in pairs)


def header_of(message: Any, name: str) -> bytes:
    """Return the last header of a name; empty without one."""
    return dict(headers_of(message)).get(name, b"")


_EARLIEST_MS: Final = int(EARLIEST.timestamp() * 1000)
_LATEST_MS: Final = int(LATEST.timestamp() * 1000)
