"""FeedState: what is known of a feed between two polls."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import Name, Record, Url

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A point in time with its zone."""

NotNegative = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
"""A number that counts or measures; finite, since JSON knows no infinity."""


class PushPhase(StrEnum):
    """Where a subscription at a hub stands."""

    ASKED = "asked"
    """Requested; the hub has not yet verified that we want it."""
    ACTIVE = "active"
    """Verified: the hub pushes until the lease ends."""
    DENIED = "denied"
    """The hub or the publisher refused it."""
    FAILED = "failed"
    """The hub cannot be had, or never verified; it is asked again later."""


class Push(Record, frozen=True, kw_only=True):
    """A feed's subscription at its WebSub hub; neither secret nor callback is in it.

    Attributes:
        hub: Who pushes.
        topic: What the hub calls the feed: the URL it names as its own.
        callback: Digest of the callback that the hub was given: another one needs a new request.
        phase: Where it stands.
        next_request: When the hub is asked (again); null: not before something else happens.
        expires: End of the lease; null while there is none.
        failures: Requests since the hub last verified one.
        reason: Why it was denied or failed; empty if it was not.
        last_push: When the hub last pushed what we could read.
        n_pushes: How often it did.
        trusted: Whether the latest news came by push, not by a poll that the hub was late for.
    """

    hub: Url
    topic: Url
    callback: str = ""
    phase: PushPhase = PushPhase.FAILED
    next_request: Time | None = None
    expires: Time | None = None
    failures: Annotated[int, msgspec.Meta(ge=0)] = 0
    reason: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    last_push: Time | None = None
    n_pushes: Annotated[int, msgspec.Meta(ge=0)] = 0
    trusted: bool = False


class FeedHealth(StrEnum):
    """How a feed is, measured by its own rhythm."""

    NEW = "new"
    """Has not answered yet."""
    OK = "ok"
    """Answers, and has news at its usual rhythm."""
    SILENT = "silent"
    """Answers, but has had no news for much longer than usual."""
    BROKEN = "broken"
    """Failed several times in a row, at its own rhythm."""
    RETIRED = "retired"
    """The server said that it is gone; it is not polled any more."""


class FeedState(Record, frozen=True, kw_only=True):
    """What a fetcher remembers of a feed; its topic is compacted.

    Attributes:
        id: Of the feed; the key of its record.
        url: Where it is polled.
        etag: Validator of the last answer.
        last_modified: Validator of the last answer.
        body_hash: Of the last body, since some servers' validators lie; hex.
        next_poll: Not before; null when never polled.
        given_url: Where its owner said it is; a permanent redirect changes only ``url``.
        title: As the feed calls itself; empty until it was read.
        last_poll: The last attempt.
        last_success: The last answer that was a feed, or unchanged.
        last_full: The last answer with a body; validators alone are not believed for ever.
        last_new: When an entry was last seen for the first time.
        validators_lie: Whether a changed body came under an unchanged validator.
        interval_seconds: How long the last wait was, before chance; 0 when never polled.
        rate_per_day: New entries a day, lately: decides on the interval.
        usual_rate_per_day: New entries a day over weeks: what silence is measured by.
        failures: Attempts that failed in a row.
        failure_score: These attempts by their weight; decides on the wait.
        last_error: Why the last attempt failed; empty if it did not.
        retired: Whether the server said that it is gone for good (410).
        health: How it was when it was last polled.
        health_since: Since when: a silent feed since its last new entry, a broken or retired one
            since it last answered, as far as known; null while it is new.
        hub: WebSub hub; empty if it names none.
        push: The subscription at a hub; null where there is none.
        known: Eight bytes for each entry and four for its version, oldest first.
        n_articles: How many articles were sent of it.
        n_gaps: Answers that shared no entry with the one before: some may be missed.
        latencies: Seconds from publication to discovery of the last new entries.
    """

    id: Name
    url: Url
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_poll: Time | None = None
    given_url: Url = ""
    title: str = ""
    last_poll: Time | None = None
    last_success: Time | None = None
    last_full: Time | None = None
    last_new: Time | None = None
    validators_lie: bool = False
    interval_seconds: NotNegative = 0
    rate_per_day: NotNegative = 0
    usual_rate_per_day: NotNegative = 0
    failures: Annotated[int, msgspec.Meta(ge=0)] = 0
    failure_score: NotNegative = 0
    last_error: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    retired: bool = False
    health: FeedHealth = FeedHealth.NEW
    health_since: Time | None = None
    hub: Url = ""
    push: Push | None = None
    known: bytes = b""
    n_articles: Annotated[int, msgspec.Meta(ge=0)] = 0
    n_gaps: Annotated[int, msgspec.Meta(ge=0)] = 0
    latencies: tuple[NotNegative, ...] = ()
