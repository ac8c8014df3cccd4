"""FeedState: what is known of a feed between two polls."""

from datetime import datetime
from typing import Annotated

import msgspec

from schemas.record import Name, Record, Url

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A point in time with its zone."""

NotNegative = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
"""A number that counts or measures; finite, since JSON knows no infinity."""


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
        hub: WebSub hub; empty if it names none.
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
    hub: Url = ""
    known: bytes = b""
    n_articles: Annotated[int, msgspec.Meta(ge=0)] = 0
    n_gaps: Annotated[int, msgspec.Meta(ge=0)] = 0
    latencies: tuple[NotNegative, ...] = ()
