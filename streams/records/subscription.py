"""Subscription: a saved search and how its alerts are delivered."""

from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import Name, Record


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


TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Hours and minutes of a 24-hour clock, ``22:30``."""


class QuietHours(Record, frozen=True, kw_only=True):
    """When nobody wants to be told; what comes meanwhile waits and comes as one digest.

    Attributes:
        start: The first quiet minute.
        end: The first minute that is not; before ``start`` when the night lies between.
        zone: Time zone of both, a name of the IANA database.
    """

    start: TimeOfDay
    end: TimeOfDay
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "UTC"


class Subscription(Record, frozen=True, kw_only=True):
    """A saved search; its topic is compacted, the latest record of an id counts.

    Attributes:
        id: Chosen at creation; the key of its record.
        name: For people.
        query: In the query language.
        paused: Whether no alerts are made; what comes meanwhile is not made up for.
        kinds: Which articles it sees beside those whose kind its query names. Of revisions
            only material ones.
        owner: Name of the token that it belongs to; empty: made on the command line.
        channels: Where its alerts are delivered: names of channels in ``channels.toml``, or
            addresses of webhooks. Without one they are on alerts.v1 and in its feeds only.
        digest_minutes: Alerts of so many minutes are delivered together; 0: each at once.
        quiet: When nothing is delivered.
        max_per_hour: Deliveries an hour at most, what is over it comes as one digest; 0: no limit.
        title_template: Jinja template of a delivery's title; empty: the default.
        body_template: Jinja template of its body; empty: the channel's default.
    """

    id: Name
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    name: str = ""
    paused: bool = False
    kinds: tuple[AlertKind, ...] = (AlertKind.NEW, AlertKind.REVISION)
    owner: Annotated[str, msgspec.Meta(max_length=200)] = ""
    channels: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=2000)], ...],
        msgspec.Meta(max_length=10),
    ] = ()
    digest_minutes: Annotated[int, msgspec.Meta(ge=0, le=10_080)] = 0
    quiet: QuietHours | None = None
    max_per_hour: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 60
    title_template: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    body_template: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
