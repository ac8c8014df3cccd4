"""Event ids of the alert stream: alerts.v1, and the client's next offset in each partition."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from streams.records.record import TOPIC_ID_DIGITS

MAX_PARTITIONS: Final = 1000
"""More than any topic of alerts needs; limits the size of an id."""

TOPIC_ID: Final = re.compile(f"(?:[0-9a-f]{{{TOPIC_ID_DIGITS}}})?", re.ASCII)

MAX_DIGITS: Final = 13
"""Digits of a number below 2 to the 63 in base 36."""


SEPARATOR: Final = "~"
"""Follows the topic id in an event id; unreserved in URLs (RFC 3986, section 2.3)."""


def event_id(offsets: Sequence[int], *, topic_id: str = "") -> str:
    """Return the id of an event; `parse_event_id` and `topic_of_event_id` are its inverses.

    Args:
        offsets: For each partition, the offset that follows the event.
        topic_id: Id of the topic, as in an origin; empty if unknown.

    Examples:
        >>> event_id([0, 71, 36**3])
        '0.1z.1000'
        >>> event_id([0, 71], topic_id="5f2c90aa")
        '5f2c90aa~0.1z'
    """
    places = ".".join(np.base_repr(offset, 36).lower() for offset in offsets)
    return f"{topic_id}{SEPARATOR}{places}" if topic_id else places


def topic_of_event_id(text: str) -> str:
    """Return the topic id in the id of an event; empty if it has none, as those of older versions.

    Examples:
        >>> topic_of_event_id("5f2c90aa~0.1z"), topic_of_event_id("0.1z")
        ('5f2c90aa', '')
    """
    return text.strip().rpartition(SEPARATOR)[0]


def parse_event_id(text: str) -> list[int]:
    """Return the offsets in the id of an event.

    Raises:
        ValueError: If it is not an id of this stream.

    Examples:
        >>> parse_event_id("0.1z.1000")
        [0, 71, 46656]
        >>> parse_event_id("5f2c90aa~0.1z")
        [0, 71]
    """
    topic_id, _, places = text.strip().rpartition(SEPARATOR)
    parts = places.split(".")
    sound = TOPIC_ID.fullmatch(topic_id) is not None and all(
        part.isascii() and part.isalnum() and len(part) <= MAX_DIGITS for part in parts
    )
    if not sound or len(parts) > MAX_PARTITIONS:
        raise ValueError(f"{text[:80]!r} is not an event id of this stream")
    offsets = [int(part, 36) for part in parts]
    if max(offsets) >= 2**63:
        raise ValueError(f"{text[:80]!r} is not an event id of this stream")
    return offsets


def starting_offsets(wanted: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Adapt the offsets of a client to the current topic, so that no alert is missed.

    Args:
        wanted: Offsets from the client's last event id.
        ends: Current end offsets of the partitions.

    Returns:
        An offset for each partition; 0 for a new partition, and for one that ends before the wanted
        offset: it was created again.

    Examples:
        >>> starting_offsets([3, 9], [5, 5, 5])
        [3, 0, 0]
    """
    padded = [*wanted, *([0] * len(ends))]
    return [
        offset if offset <= end else 0
        for offset, end in zip(padded[: len(ends)], ends, strict=True)
    ]
