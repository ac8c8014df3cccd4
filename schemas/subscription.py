"""Subscription: a saved search and how its alerts are delivered."""

from enum import StrEnum
from typing import Annotated

import msgspec

from schemas.record import Name, Record


class AlertKind(StrEnum):
    """What an article is among the articles before it, for whoever is told of it."""

    NEW = "new"
    """Seen for the first time."""
    REVISION = "revision"
    """A later version of a known article."""
    COPY = "copy"
    """Another article that says the same."""
    UNCHANGED = "unchanged"
    """A known article, fetched again, with the same text."""
    CORRECTION = "correction"
    """A label that was set right: the original turned up after its copy."""


class Subscription(Record, frozen=True, kw_only=True):
    """A saved search; its topic is compacted, the latest record of an id counts.

    Attributes:
        id: Chosen at creation; the key of its record.
        name: For people.
        query: In the query language.
        paused: Whether no alerts are made; what comes meanwhile is not made up for.
        kinds: Which articles it sees beside those whose kind its query names. Of revisions
            only material ones.
    """

    id: Name
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    name: str = ""
    paused: bool = False
    kinds: tuple[AlertKind, ...] = (AlertKind.NEW, AlertKind.REVISION)
