"""Event ids of the alert stream: the client's next offset in each partition of alerts.v1."""

from collections.abc import Sequence
from typing import Final

import numpy as np

MAX_PARTITIONS: Final = 1000
"""More than any topic of alerts needs; limits the size of an id."""

MAX_DIGITS: Final = 13
"""Digits of a number below 2 to the 63 in base 36."""


def event_id(offsets: Sequence[int]) -> str:
    """Return the id of an event; `parse_event_id` is its inverse.

    Args:
        offsets: For each partition, the offset that follows the event.

    Examples:
        >>> event_id([0, 71, 36**3])
        '0.1z.1000'
    """
    return ".".join(np.base_repr(offset, 36).lower() for offset in offsets)


def parse_event_id(text: str) -> list[int]:
    """Parse the id of an event.

    Raises:
        ValueError: If it is not an id of this stream.

    Examples:
        >>> parse_event_id("0.1z.1000")
        [0, 71, 46656]
    """
    parts = text.strip().split(".")
    sound = all(part.isascii() and part.isalnum() and len(part) <= MAX_DIGITS for part in parts)
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
