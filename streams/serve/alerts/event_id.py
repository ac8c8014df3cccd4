"""Where a client stands on alerts.v1: an offset for each partition in, the id of an event out."""

from collections.abc import Sequence
from typing import Final

import numpy as np

MAX_PARTITIONS: Final = 1000
"""More than any topic of alerts needs; bounds what a client may send."""

MAX_DIGITS: Final = 13
"""Of a number below 2 to the 63 to the base 36."""


def event_id(places: Sequence[int]) -> str:
    """Spell where a client stands behind an event: `parse_event_id` reads it again.

    Args:
        places: For each partition the offset that comes next.

    Examples:
        >>> event_id([0, 71, 36**3])
        '0.1z.1000'
    """
    return ".".join(np.base_repr(place, 36).lower() for place in places)


def parse_event_id(text: str) -> list[int]:
    """Read the id of an event.

    Raises:
        ValueError: If it is none.

    Examples:
        >>> parse_event_id("0.1z.1000")
        [0, 71, 46656]
    """
    parts = text.strip().split(".")
    sound = all(part.isascii() and part.isalnum() and len(part) <= MAX_DIGITS for part in parts)
    if not sound or len(parts) > MAX_PARTITIONS:
        raise ValueError(f"{text[:80]!r} is no id of an event of this stream")
    places = [int(part, 36) for part in parts]
    if max(places) >= 2**63:
        raise ValueError(f"{text[:80]!r} is no id of an event of this stream")
    return places


def starting_offsets(wanted: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Fit where a client stood to the topic as it is now, so that nothing is missed.

    Args:
        wanted: Where it stood.
        ends: Where the partitions end now.

    Returns:
        As many as there are partitions; 0 for one that is new, or that ends before the place: it
        was made anew.

    Examples:
        >>> starting_offsets([3, 9], [5, 5, 5])
        [3, 0, 0]
    """
    padded = [*wanted, *([0] * len(ends))]
    return [
        place if place <= end else 0 for place, end in zip(padded[: len(ends)], ends, strict=True)
    ]
