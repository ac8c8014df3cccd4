"""Which files were imported, and how far: a file and what is known of it in, where to begin out."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from streams.kafka.table import read_table
from streams.records import DecodeError, ImportPosition, decode
from streams.records.topics import IMPORTS
from streams.settings import Settings
from streams.sources.files.files import kind_of
from streams.sources.files.piece import START, Position

HEAD_BYTES: Final = 64 * 1024
"""How much of a file's beginning tells it from others: the header of a WARC and its first pages."""

GROWING: Final = frozenset(("lines", "warc"))
"""Kinds of files to which something may be appended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIdentity:
    """What tells a file from others, and from what it was.

    Attributes:
        path: Absolute.
        n_bytes: Its size now.
        head_bytes: How much of its beginning was looked at.
        head_sha256: SHA-256 of that.
    """

    path: str
    n_bytes: int
    head_bytes: int
    head_sha256: str

    @property
    def id(self) -> str:
        """The key under which its position is remembered."""
        return hashlib.sha256(self.path.encode()).hexdigest()[:32]


def file_identity(path: Path, *, head_bytes: int = HEAD_BYTES) -> FileIdentity:
    """Look at a file.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(head_bytes)
        n_bytes = stream.seek(0, 2)
    return FileIdentity(
        # A record is text: bytes of a name that are none are spelled out.
        path=str(path.resolve()).encode("utf-8", "backslashreplace").decode(),
        n_bytes=n_bytes,
        head_bytes=len(head),
        head_sha256=hashlib.sha256(head).hexdigest(),
    )


def resume_position(
    path: Path, file: FileIdentity, known: ImportPosition | None
) -> Position | None:
    """Say where to go on in a file.

    A file that has only grown is gone on with where it ended, if it is one to
    which things are appended; any other change makes it a new file.

    Args:
        path: Of the file.
        file: What it is now.
        known: What is remembered of it; None: nothing.

    Returns:
        The position; None where there is nothing new in it.

    Raises:
        OSError: If it cannot be read.
    """
    if known is None or file.n_bytes < known.n_bytes:
        return START
    if file_identity(path, head_bytes=known.head_bytes).head_sha256 != known.head_sha256:
        return START
    if file.n_bytes > known.n_bytes and kind_of(path) not in GROWING:
        return START
    if known.done and file.n_bytes == known.n_bytes:
        return None
    return Position(offset=known.offset, inner=known.inner, number=known.number)


def position_record(
    file: FileIdentity,
    position: Position,
    *,
    done: bool,
    n_articles: int,
    n_refused: int,
    now: datetime,
) -> ImportPosition:
    """Write down how far a file was imported."""
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
    """Read what is known of every file, by id; what is no position is left out.

    Raises:
        BrokerError: If the broker cannot be reached, or has no such topic.
    """
    known: dict[str, ImportPosition] = {}
    async for message in read_table(settings, IMPORTS.name):
        name = (message.key or b"").decode("utf-8", "replace")
        try:
            known[name] = decode(message.value or b"", ImportPosition)
        except DecodeError:
            known.pop(name, None)
    return known
