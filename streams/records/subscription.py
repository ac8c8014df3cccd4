"""Subscription: a saved search and the delivery of its alerts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import Name, Record


class AlertKind(StrEnum):
    """Relation of an article to the articles before it.

    Attributes:
        NEW: An article seen for the first time.
        REVISION: A later version of a known article.
        COPY: Another article with the same or nearly the same text.
        UNCHANGED: A known article, fetched again, with the same text.
        CORRECTION: A corrected label: the original of a group arrived after its copy.
    """

    NEW = "new"
    REVISION = "revision"
    COPY = "copy"
    UNCHANGED = "unchanged"
    CORRECTION = "correction"


TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Hours and minutes on a 24-hour clock, such as ``22:30``."""


class QuietHours(Record, frozen=True, kw_only=True):
    """Daily quiet hours: alerts wait until they end and are then delivered as one digest.

    Attributes:
        start: First quiet minute, ``HH:MM``.
        end: First minute after the quiet hours, ``HH:MM``; earlier than ``start`` if they span
            midnight.
        zone: Time zone of both, a name of the IANA database.
    """

    start: TimeOfDay
    end: TimeOfDay
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "UTC"


class Subscription(Record, frozen=True, kw_only=True):
    """A saved search. The topic is compacted: the latest record of an id is valid.

    Attributes:
        id: Id, chosen when the search is created; the key of the record.
        query: Query in the query language.
        name: Name for people; may be empty.
        paused: Whether the search is paused; articles that arrive during a pause make no alerts.
        kinds: Kinds of articles that make alerts, in addition to the kinds that the query names; of
            revisions, only material ones.
        owner: Name of the token that owns the search; empty if created on the command line.
        channels: Channels that alerts are delivered to: names of channels in ``channels.toml``, or
            URLs of webhooks. Without channels, alerts are in ``alerts.v1`` and in the feeds of the
            search only.
        digest_minutes: Period of a digest in minutes, 0 to 10080 (a week); 0 delivers each alert
            immediately.
        quiet: Quiet hours; null if none.
        max_per_hour: Maximum number of deliveries per hour; further alerts are delivered as one
            digest; 0 for no limit.
        title_template: Jinja template of the title of a delivery; empty for the default.
        body_template: Jinja template of the body of a delivery; empty for the default of the
            channel.
        created: Time of creation; stays when the search is changed. Null for searches saved before
            this field existed.
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
    created: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
