"""Import files and folders into Kafka; an interrupted import resumes where it stopped."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from streams.kafka.connection import producer
from streams.kafka.sender import Sender
from streams.records import ImportPosition, RawArticle
from streams.settings import Settings
from streams.sources.bounded_reading import Meter
from streams.sources.files.files import pieces_of_file
from streams.sources.files.page import PageIndexes
from streams.sources.files.piece import START, Piece
from streams.sources.imports.journal import FileCounts, ImportCounts, ImportJournal
from streams.sources.imports.position import file_identity, read_positions, resume_position
from streams.sources.rejection import unreadable_file

BATCH_PIECES: Final = 64
"""Number of pieces that are read in a thread at a time."""

BATCH_BYTES: Final = 1024 * 1024
"""The same, in bytes of compressed bodies."""


async def import_files(
    settings: Settings,
    roots: Mapping[Path, Iterable[Path]],
    *,
    now: Callable[[], datetime],
    tally: ImportCounts,
    meter: Meter,
    stop: asyncio.Event,
    source: str = "",
    again: bool = False,
) -> None:
    """Send the articles of files that were not sent yet; rejections become dead letters.

    **Delivery.** At-least-once, see `ImportJournal`. Idempotent: a second import of the same
    files sends nothing.

    Args:
        settings: Settings of the broker.
        roots: Files to read, by the path under which they were found (`find_files`).
        now: Returns the current time.
        tally: Counts what is acknowledged.
        meter: Counts the bytes that are read from disk or skipped.
        stop: Once set, nothing more is sent.
        source: Source of the articles. Named after the file or folder by default.
        again: Whether to read every file from the beginning.

    Raises:
        UsageError: If an index of pages is invalid.
        BrokerError: If the broker cannot be reached or does not acknowledge.
    """
    positions = {} if again else await read_positions(settings)
    async with producer(settings) as client:
        journal = ImportJournal(Sender(client, settings), tally, now=now)
        run = _Import(journal, tally, meter, now, stop, source)
        try:
            for root, files in roots.items():
                await run.import_root(root, files, positions)
        finally:
            await journal.finish(run.latest)


@dataclass
class _Import:
    journal: ImportJournal
    tally: ImportCounts
    meter: Meter
    now: Callable[[], datetime]
    stop: asyncio.Event
    source: str
    latest: FileCounts | None = None

    async def import_root(
        self, root: Path, files: Iterable[Path], positions: Mapping[str, ImportPosition]
    ) -> None:
        indexes = PageIndexes(root)
        for file in files:
            if self.stop.is_set():
                return
            await self._import_file(file, positions, indexes)

    async def _import_file(
        self, path: Path, positions: Mapping[str, ImportPosition], indexes: PageIndexes
    ) -> None:
        try:
            file = file_identity(path)
            before = positions.get(file.id)
            start = resume_position(path, file, before)
        except OSError as error:
            # No position is saved: the file may be readable the next time.
            piece = Piece(item=unreadable_file(path, error), position=START)
            await self.journal.add(FileCounts(None, START), piece)
            return
        if start is None:
            self.tally.n_files_known += 1
            self.meter.n_bytes += file.n_bytes
            return
        self.tally.n_files += 1
        self.meter.n_bytes += start.offset
        resumed = before if before and start != START else None
        tally = FileCounts(
            file,
            start,
            n_articles=resumed.n_articles if resumed else 0,
            n_refused=resumed.n_refused if resumed else 0,
        )
        self.latest = tally
        pieces = pieces_of_file(
            path,
            now=self.now,
            source=self.source,
            meter=self.meter,
            indexes=indexes,
            start=start,
        )
        with closing(pieces):
            # In a thread, because reading a large record that is passed over takes seconds.
            while batch := await asyncio.to_thread(_read_batch, pieces):
                for piece in batch:
                    await self.journal.add(tally, piece)
                if self.stop.is_set():
                    return
        await self.journal.end(tally)


def _read_batch(pieces: Iterator[Piece]) -> list[Piece]:
    batch: list[Piece] = []
    n_bytes = 0
    for piece in pieces:
        batch.append(piece)
        n_bytes += len(piece.item.body) if isinstance(piece.item, RawArticle) else 0
        if len(batch) >= BATCH_PIECES or n_bytes >= BATCH_BYTES:
            break
    return batch
