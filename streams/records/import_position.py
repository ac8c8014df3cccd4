"""ImportPosition: the progress of the import of a file."""

from datetime import datetime
from typing import Annotated

import msgspec

from streams.records.record import Count, Name, Record


class ImportPosition(Record, frozen=True, kw_only=True):
    """Progress of the import of a file; the topic is compacted.

    A position is written after the broker acknowledged everything before it: an import that was
    killed resumes from the position.

    Attributes:
        id: Hash of the absolute path; the key of the record.
        path: Absolute path of the file.
        n_bytes: Size of the file on disk, in bytes.
        head_bytes: Number of bytes at the start of the file that identify it.
        head_sha256: SHA-256 of these bytes, in hexadecimal.
        offset: Offset on disk where reading and decompression resume, in bytes.
        inner: Number of decompressed bytes after this offset that were already read.
        number: Number of lines, or of WARC records, before the position.
        done: Whether the file was read to its end.
        n_articles: Number of articles sent from the file.
        n_refused: Number of dead letters sent from the file.
        updated: Time when the record was written.
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
