"""Pieces of files in, messages in Kafka out; a position is kept once all before it is there."""

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

KEPT_EVERY: Final = 500
"""Pieces of a file after which its position is kept: with those in flight, what a kill repeats."""


@dataclass
class FileCounts:
    """What came of one file; only what the broker has acknowledged counts.

    Attributes:
        file: Which; None: one that cannot be read, of which nothing is remembered.
        position: Before which all is acknowledged.
        n_articles: Sent of it, in former imports too.
        n_refused: Dead letters of it, in former imports too.
        done: Whether it was read to its end, and all of it is acknowledged.
        n_since_kept: Pieces since its position was kept.
    """

    file: FileIdentity | None
    position: Position
    n_articles: int = 0
    n_refused: int = 0
    done: bool = False
    n_since_kept: int = 0


@dataclass
class ImportCounts:
    """What an import did so far; valid also when it ends early.

    Attributes:
        n_sent: Articles that the broker has acknowledged.
        refused: Dead letters, by reason, acknowledged too.
        passed_over: What no article is made of, by what it is.
        n_files: Files that were read.
        n_files_known: Files with nothing new in them.
    """

    n_sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    n_files: int = 0
    n_files_known: int = 0

    @property
    def n_refused(self) -> int:
        """How many became dead letters."""
        return self.refused.total()


@dataclass
class _Entry:
    tally: FileCounts
    piece: Piece | None
    answer: "asyncio.Future[Origin] | None"


class ImportJournal:
    """Sends without waiting for each answer, and keeps positions in the order of the files.

    **Delivery.** At-least-once: a position is sent after everything before it
    is acknowledged, so what a crash repeats is at most `MAX_IN_FLIGHT` and
    `KEPT_EVERY` pieces, and deduplication knows them by their ids.

    Args:
        sender: Sends articles, dead letters and positions.
        tally: Counts what is acknowledged.
        now: The clock.
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
        """Send what a piece holds; its position is kept later.

        Raises:
            BrokerError: If the broker refused something sent before.
        """
        answer = None
        if isinstance(piece.item, RawArticle):
            answer = await self._sender.send(RAW.name, encode(piece.item), piece.item.id.encode())
        elif piece.item is not None:
            letter = source_dead_letter(piece.item, now=self._now())
            answer = await self._sender.send(DEAD_LETTER.name, encode(letter))
        self._n_open += answer is not None
        self._entries.append(_Entry(tally, piece, answer))
        await self._advance(most_open=MAX_IN_FLIGHT)

    async def end(self, tally: FileCounts) -> None:
        """Note that a file has no more pieces."""
        self._entries.append(_Entry(tally, None, None))
        await self._advance(most_open=MAX_IN_FLIGHT)

    async def settle(self, latest: FileCounts | None) -> None:
        """Wait for every answer, and keep the last position.

        Raises:
            BrokerError: If the broker refused something.
        """
        await self._advance(most_open=0)
        if latest is not None and latest.n_since_kept:
            await self._keep(latest)
        await self._sender.flush()

    async def _advance(self, *, most_open: int) -> None:
        """Count what is acknowledged, in order; wait where too much is not."""
        while self._entries:
            entry = self._entries[0]
            if entry.answer is not None:
                if not entry.answer.done() and self._n_open <= most_open:
                    return
                await entry.answer
                self._n_open -= 1
            self._entries.popleft()
            await self._count(entry)

    async def _count(self, entry: _Entry) -> None:
        tally, piece = entry.tally, entry.piece
        tally.n_since_kept += 1
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
        if piece is None or tally.n_since_kept >= KEPT_EVERY:
            await self._keep(tally)

    async def _keep(self, tally: FileCounts) -> None:
        tally.n_since_kept = 0
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
