"""Where a deliverer begins to read alerts: the ledger knows better than Kafka."""

from typing import NamedTuple


class LedgerPosition(NamedTuple):
    """The position of a ledger in a partition of alerts.v1.

    Attributes:
        topic_id: Id of the topic, as in an origin; empty if unknown.
        next_offset: Offset after the last alert whose deliveries the ledger has.
    """

    topic_id: str
    next_offset: int


def starting_offset(
    position: LedgerPosition | None,
    committed: int | None,
    *,
    topic_id: str,
    first: int,
    recent: int | None,
) -> int:
    """Return the offset at which a deliverer begins to read a partition.

    The alerts before it have their deliveries in the ledger. Kafka's committed position counts only
    for a ledger without one: that of an older version.

    Args:
        position: Position in the ledger; None if it has none.
        committed: Kafka's committed position; None if there is none, or it is of another topic.
        topic_id: Id of the topic now; empty if unknown.
        first: First offset of the partition.
        recent: Offset of the first alert that may be undelivered in a ledger that was lost; None if
            the ledger was not lost.

    Examples:
        >>> at = LedgerPosition("5f2c90aa", 40)
        >>> starting_offset(at, 90, topic_id="5f2c90aa", first=0, recent=None)
        40
        >>> starting_offset(None, 90, topic_id="5f2c90aa", first=0, recent=70)
        70
        >>> starting_offset(at, None, topic_id="00aa17e5", first=0, recent=None)
        0
    """
    if position is not None:
        is_same_topic = not topic_id or position.topic_id in {"", topic_id}
        return max(first, position.next_offset) if is_same_topic else first
    if committed is None:
        return first
    return committed if recent is None else max(first, min(recent, committed))
