"""FeedState: what is known of a feed between two polls."""

from datetime import datetime
from typing import Annotated

import msgspec

from schemas.record import Name, Record, Url


class FeedState(Record, frozen=True, kw_only=True):
    """What a fetcher remembers of a feed; its topic is compacted.

    Attributes:
        id: Of the feed; the key of its record.
        url: Where it is polled.
        etag: Validator of the last answer.
        last_modified: Validator of the last answer.
        body_hash: Of the last body, since some servers' validators lie; hex.
        next_poll: Not before; null when never polled.
    """

    id: Name
    url: Url
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_poll: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
