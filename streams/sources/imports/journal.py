"""Send the pieces of imported files, and save a position once all before it is acknowledged."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from streams.kafka.sender import MAX_IN_FLIGHT, Sender
from streams.records import Origin, RawArticle, encode
from streams.records.topics import DEAD_LETTER, IMPORTS, RAW
from streams.sources.files.piece import Piece, Position
from streams.sources.imports.position import FileIdentity, position_record
from streams.sources.rejection import Rejected, source_dead_letter

SAVE_EVERY: Final = 500
"""Number of pieces of a file after which its position is saved. These pieces, and those in flight,
are repeated after a crash."""


@dataclass
class FileCounts:
    """The progress of one file; counts only what the broker has acknowledged.

    Attributes:
        file: The file; None if it cannot be read, and no position is saved.
        position: Position before which everything is acknowledged.
        n_articles: Articles sent, including those of earlier imports.
        n_refused: Dead letters sent, including those of earlier imports.
        done: Whether the file was read to its end, and everything is acknowledged.
        n_unsaved: Number of pieces since the position was saved.
    """

    file: FileIdentity | None
    position: Position
    n_articles: int = 0
    n_refused: int = 0
    done: bool = False
    n_unsaved: int = 0


@dataclass
class ImportCounts:
    """The counts of an import so far; also valid if it ends early.

    Attributes:
        n_sent: Articles that the broker has acknowledged.
        refused: Acknowledged dead letters, by reason.
        passed_over: Pieces that are not articles, by kind.
        n_files: Files that were read.
        n_files_known: Files without new pieces.
    """

    n_sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    n_files: int = 0
    n_files_known: int = 0

    @property
    def n_refused(self) -> int:
        """Number of dead letters."""
        return self.refused.total()


@dataclass
class _Entry:
    tally: FileCounts
    piece: Piece | None
    acknowledgment: "asyncio.Future[Origin] | None"


class ImportJournal:
    """Sends pieces without waiting for each acknowledgment, and saves positions in order.

    **Delivery.** At-least-once: a position is sent after everything before it is acknowledged,
    so a crash repeats at most `MAX_IN_FLIGHT` plus `SAVE_EVERY` pieces, and deduplication
    recognizes their ids.

    Args:
        sender: Sends articles, dead letters and positions.
        tally: Counts what is acknowledged.
        now: Returns the current time.
    """

    def __init__(
        self,
        sender: Sender,
        tally: ImportCounts,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._sender = sender
        self._tally = tally
        self._now = now
        self._entries: deque[_Entry] = deque()
        self._n_open = 0

    async def add(self, tally: FileCounts, piece: Piece) -> None:
        """Send the item of a piece; its position is saved later.

        Raises:
            BrokerError: If the broker refused an earlier message.
        """
        future = None
        if isinstance(piece.item, RawArticle):
            future = await self._sender.send(RAW.name, encode(piece.item), piece.item.id.encode())
        elif piece.item is not None:
            letter = source_dead_letter(piece.item, now=self._now())
            future = await self._sender.send(DEAD_LETTER.name, encode(letter))
        self._n_open += future is not None
        self._entries.append(_Entry(tally, piece, future))
        await self._advance(most_open=MAX_IN_FLIGHT)

    async def end(self, tally: FileCounts) -> None:
        """Record the end of a file."""
        self._entries.append(_Entry(tally, None, None))
        await self._advance(most_open=MAX_IN_FLIGHT)

    async def finish(self, latest: FileCounts | None) -> None:
        """Wait for every acknowledgment, and save the last position.

        Raises:
            BrokerError: If the broker refused a message.
        """
        await self._advance(most_open=0)
        if latest is not None and latest.n_unsaved:
            await self._save(latest)
        await self._sender.flush()

    async def _advance(self, *, most_open: int) -> None:
        """Count what is acknowledged, in order; wait while more than ``most_open`` is not."""
        while self._entries:
            entry = self._entries[0]
            if entry.acknowledgment is not None:
                if not entry.acknowledgment.done() and self._n_open <= most_open:
                    return
                await entry.acknowledgment
                self._n_open -= 1
            self._entries.popleft()
            await self._count(entry)

    async def _count(self, entry: _Entry) -> None:
        tally, piece = entry.tally, entry.piece
        tally.n_unsaved += 1
        if piece is None:
            tally.done = True
        else:
            tally.position = piece.position
            if isinstance(piece.item, RawArticle):
                self._tally.n_sent += 1
                tally.n_articles += 1
            elif isinstance(piece.item, Rejected):
                self._tally.refused[piece.item.reason.value] += 1
                tally.n_refused += 1
            else:
                self._tally.passed_over[piece.passed_over] += 1
        if piece is None or tally.n_unsaved >= SAVE_EVERY:
            await self._save(tally)

    async def _save(self, tally: FileCounts) -> None:
        tally.n_unsaved = 0
        if tally.file is None:
            return
        record = position_record(
            tally.file,
            tally.position,
            done=tally.done,
            n_articles=tally.n_articles,
            n_refused=tally.n_refused,
            now=self._now(),
        )
        await self._sender.send(IMPORTS.name, encode(record), record.id.encode())
