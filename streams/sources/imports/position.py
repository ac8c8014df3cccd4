"""Find the position in a file at which an import resumes."""

import hashlib
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from aiokafka import ConsumerRecord

from streams.kafka.decoding import update_table
from streams.kafka.table import read_table
from streams.records import ImportPosition
from streams.records.topics import IMPORTS
from streams.runtime.regular_file import open_regular
from streams.settings import Settings
from streams.sources.files.files import kind_of
from streams.sources.files.piece import START, Position

HEAD_BYTES: Final = 64 * 1024
"""Number of bytes that identify a file: the header of a WARC and its first pages."""

GROWING: Final = frozenset(("lines", "warc"))
"""Kinds of files that may grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIdentity:
    """The identity of a file, and of its version.

    Attributes:
        path: Absolute path.
        n_bytes: Current size.
        head_bytes: Number of bytes at its beginning that were read.
        head_sha256: SHA-256 of these bytes.
    """

    path: str
    n_bytes: int
    head_bytes: int
    head_sha256: str

    @property
    def id(self) -> str:
        """The key of its position in Kafka."""
        return hashlib.sha256(self.path.encode()).hexdigest()[:32]


def file_identity(path: Path, *, head_bytes: int = HEAD_BYTES) -> FileIdentity:
    """Return the identity of a file.

    Raises:
        OSError: If the file cannot be read.
    """
    with open_regular(path) as stream:
        head = stream.read(head_bytes)
        n_bytes = stream.seek(0, 2)
    return FileIdentity(
        # The path in a record must be valid text: other bytes are escaped.
        path=str(path.resolve()).encode("utf-8", "backslashreplace").decode(),
        n_bytes=n_bytes,
        head_bytes=len(head),
        head_sha256=hashlib.sha256(head).hexdigest(),
    )


def resume_position(
    path: Path, file: FileIdentity, saved: ImportPosition | None
) -> Position | None:
    """Return the position at which the import of a file resumes.

    A file that has only grown is resumed at its former end, if it is of a kind that may grow;
    any other change makes it a new file.

    Args:
        path: Path of the file.
        file: Current identity of the file.
        saved: Position saved by an earlier import, if any.

    Returns:
        The position; None if there is nothing new in the file.

    Raises:
        OSError: If the file cannot be read.
    """
    if saved is None or file.n_bytes < saved.n_bytes:
        return START
    if file_identity(path, head_bytes=saved.head_bytes).head_sha256 != saved.head_sha256:
        return START
    if file.n_bytes > saved.n_bytes and kind_of(path) not in GROWING:
        return START
    if saved.done and file.n_bytes == saved.n_bytes:
        return None
    return Position(offset=saved.offset, inner=saved.inner, number=saved.number)


def position_record(
    file: FileIdentity,
    position: Position,
    *,
    done: bool,
    n_articles: int,
    n_refused: int,
    now: datetime,
) -> ImportPosition:
    """Return the record of the position up to which a file was imported."""
    return ImportPosition(
        id=file.id,
        path=file.path,
        n_bytes=file.n_bytes,
        head_bytes=file.head_bytes,
        head_sha256=file.head_sha256,
        offset=position.offset,
        inner=position.inner,
        number=position.number,
        done=done,
        n_articles=n_articles,
        n_refused=n_refused,
        updated=now,
    )


async def read_positions(settings: Settings) -> dict[str, ImportPosition]:
    """Read the saved position of every file, by id; invalid messages are set aside.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic does not exist.
    """
    positions: dict[str, ImportPosition] = {}
    async for message in read_table(settings, IMPORTS.name):
        apply_position(positions, message)
    return positions


def apply_position(positions: MutableMapping[str, ImportPosition], message: ConsumerRecord) -> None:
    """Update the positions with a message; an invalid one or a tombstone removes its file."""
    update_table(positions, message, ImportPosition)
