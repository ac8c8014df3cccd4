"""FeedState: the state of a feed between two polls."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.raw import RawArticle
from streams.records.record import Name, Record, Url

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its offset from UTC."""

NotNegative = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
"""A number from 0; finite, because JSON has no infinity."""


class PushPhase(StrEnum):
    """Phase of a subscription at a WebSub hub.

    Attributes:
        ASKED: Requested; the hub has not verified the request yet.
        ACTIVE: Verified; the hub pushes until the lease ends.
        DENIED: Refused by the hub or the publisher.
        FAILED: The hub cannot be reached, or did not verify the request; retried later.
    """

    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"
    FAILED = "failed"


class Push(Record, frozen=True, kw_only=True):
    """Subscription of a feed at its WebSub hub, without its secret and its callback URL.

    Attributes:
        hub: URL of the hub.
        topic: Topic URL of the feed at the hub: the ``self`` link of the feed.
        callback: Digest of the callback URL; a different callback URL needs a new request.
        phase: Phase of the subscription.
        next_request: Time of the next request to the hub; null if none is planned.
        expires: End of the lease; null without a lease.
        failures: Number of requests since the hub last verified one.
        reason: Reason of a denial or failure; else empty.
        last_push: Time of the last push that could be parsed; null if none.
        n_pushes: Number of such pushes.
        trusted: Whether the newest entries arrived by push before a poll found them.
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
    """Health of a feed, relative to its usual publishing rate.

    Attributes:
        NEW: No response yet.
        OK: Responds, and has new entries at its usual rate.
        SILENT: Responds, but has had no new entry for much longer than usual.
        BROKEN: Failed several times in a row.
        RETIRED: The server responded 410 Gone; the feed is no longer polled.
    """

    NEW = "new"
    OK = "ok"
    SILENT = "silent"
    BROKEN = "broken"
    RETIRED = "retired"


class WaitingPage(Record, frozen=True, kw_only=True):
    """An entry whose page could not be fetched yet; it is kept when it leaves the feed.

    Attributes:
        key: Key of the entry, see `FeedState.known`.
        version: Version of the entry.
        article: The article with the feed's own words.
        tries: Number of requests so far, all with a temporary failure.
        since: Time of the first one.
        next_try: Earliest time of the next one.
        sent: Whether the words of the feed need not be sent any more: they, or a former version of
            the article, were.
    """

    key: bytes
    version: bytes
    article: RawArticle
    tries: Annotated[int, msgspec.Meta(ge=1)] = 1
    since: Time
    next_try: Time
    sent: bool = False


class FeedState(Record, frozen=True, kw_only=True):
    """State of a feed between two polls; the topic is compacted.

    Attributes:
        id: Id of the feed; the key of the record.
        url: URL that is polled.
        etag: ``ETag`` of the last response; empty if none.
        last_modified: ``Last-Modified`` of the last response; empty if none.
        body_hash: Hash of the last body, in hexadecimal: finds unchanged bodies where the
            validators of the server are wrong.
        next_poll: Earliest time of the next poll; null if never polled.
        given_url: URL as configured; a permanent redirect changes ``url`` only.
        moved_to: URL to which ``url`` redirects permanently, until it replaces ``url``; empty if
            none.
        moved_since: Time of the first such redirect; null if none.
        looked_back: Time of the last request to ``given_url`` while it differs from ``url``; null
            if none.
        title: Title of the feed; empty until the feed was read.
        last_poll: Time of the last attempt; null if none.
        last_success: Time of the last response that was a feed or 304 Not Modified; null if none.
        last_full: Time of the last response with a body: a poll without validators is due some time
            after it; null if none.
        last_new: Time when a new entry was last found; null if none.
        validators_lie: Whether the server sent a changed body with an unchanged validator.
        interval_seconds: Last polling interval before jitter, in seconds; 0 if never polled.
        rate_per_day: Recent number of new entries per day; determines the polling interval.
        usual_rate_per_day: Number of new entries per day over weeks; determines whether a feed is
            silent.
        failures: Number of consecutive failed attempts.
        failure_score: Weighted number of consecutive failed attempts; determines the backoff.
        last_error: Error of the last attempt; empty if it succeeded.
        retired: Whether the server responded 410 Gone.
        health: Health at the last poll.
        health_since: Start of this health: the last new entry of a silent feed, the last response
            of a broken or retired feed; null if new or unknown.
        hub: URL of the WebSub hub that the feed names; empty if none.
        push: Subscription at the hub; null if none.
        known: Known entries, oldest first, in base64: eight bytes for each entry and four bytes for
            its version.
        identities: Identities of recent entries, oldest first, in base64, 57 bytes each: key, link,
            guid (eight bytes each), article id (16), title, time of publication (four each), time
            of the last change (eight), flags (one). Finds entries whose link or guid changed.
        n_articles: Number of articles sent from the feed.
        n_gaps: Number of responses without an entry of the response before: entries may be missing.
        latencies: Times from publication to discovery of the newest entries, in seconds.
        waiting: Entries whose pages could not be fetched yet.
    """

    id: Name
    url: Url
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_poll: Time | None = None
    given_url: Url = ""
    moved_to: Url = ""
    moved_since: Time | None = None
    looked_back: Time | None = None
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
    identities: bytes = b""
    n_articles: Annotated[int, msgspec.Meta(ge=0)] = 0
    n_gaps: Annotated[int, msgspec.Meta(ge=0)] = 0
    latencies: tuple[NotNegative, ...] = ()
    waiting: tuple[WaitingPage, ...] = ()
