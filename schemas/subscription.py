"""Subscription: a saved search and how its alerts are delivered."""

from schemas.record import Name, Record


class Subscription(Record, frozen=True, kw_only=True):
    """A saved search; its topic is compacted, the latest record of an id counts.

    Attributes:
        id: Chosen at creation; the key of its record.
        name: For people.
        query: In the query language.
        paused: Whether alerts are held back.
    """

    id: Name
    query: Name
    name: str = ""
    paused: bool = False
