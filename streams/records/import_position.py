"""ImportPosition: how far a file was brought into the pipeline."""

from datetime import datetime
from typing import Annotated

import msgspec

from streams.records.record import Name, Record

Count = Annotated[int, msgspec.Meta(ge=0)]
"""How many: never below zero."""


class ImportPosition(Record, frozen=True, kw_only=True):
    """What an import remembers of a file; its topic is compacted.

    Written only once the broker has acknowledged everything before the
    position, so that an import that was killed goes on from it.

    Attributes:
        id: Of the file's absolute path; the key of its record.
        path: Where the file was, absolute.
        n_bytes: How large it was, as it lay on disk.
        head_bytes: How many bytes at its beginning tell whether it is still the same file.
        head_sha256: SHA-256 of these, in hexadecimal.
        offset: Byte on disk where reading, and unpacking, goes on.
        inner: Unpacked bytes after that which were read already.
        number: Lines, or records of a WARC, before the position.
        done: Whether the file was read to its end.
        n_articles: Articles that were sent of it.
        n_refused: What became dead letters instead.
        updated: When this was written.
    """

    id: Name
    path: Name
    n_bytes: Count
    head_bytes: Count
    head_sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    offset: Count = 0
    inner: Count = 0
    number: Count = 0
    done: bool = False
    n_articles: Count = 0
    n_refused: Count = 0
    updated: Annotated[datetime, msgspec.Meta(tz=True)]
