"""Delay pushes above their share of the pipeline, for a moment; then refuse them with 429."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from streams.errors import BrokerError
from streams.kafka.group_lag import GroupLag
from streams.records import RawArticle
from streams.runtime.background import background_task
from streams.serve.problems import try_again
from streams.serve.push.backlog import FairBacklog
from streams.settings import Settings

log = structlog.get_logger()

SLICE_RECORDS: Final = 64
"""Articles of a push that are sent at a time; before each slice it waits for its share."""

PATIENCE_SECONDS: Final = 3.0
"""How long a slice waits for its share; HTTP clients wait 5 s and more by default."""

PATIENCE_IN_ALL_SECONDS: Final = 30.0
"""How long the slices of one push wait: ten thousand articles are some 10 s of work."""

MAX_WAITING: Final = 16
"""Pushes of one token that wait at a time: each holds its body in memory."""

CHECK_SECONDS: Final = 0.05
"""How often a waiting push looks whether it may go on."""

MEASURE_SECONDS: Final = 0.5
"""How often the lag of the stages is measured while articles are pushed; at once for a push that
waits."""

ACTIVE_SECONDS: Final = 10.0
"""How long after the last push the lag is measured."""

RETRY_SECONDS: Final = 1
"""``Retry-After`` of a refused push."""


class Admission:
    """Admits slices of pushes by the share of their token and source.

    Args:
        measure: Returns the number of records that wait in the pipeline.
        close: Ends what measures.
        backlog: Decides who may send.
        now: Clock, in seconds.
        sleep: Waits a number of seconds.
        patience_seconds: How long a slice of a push waits for its share.
    """

    def __init__(
        self,
        measure: Callable[[], Awaitable[int]],
        *,
        close: Callable[[], Awaitable[object]] | None = None,
        backlog: FairBacklog | None = None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._measure = measure
        self._close = close
        self._wanted = asyncio.Event()
        self._backlog = backlog or FairBacklog()
        self._now = now
        self._sleep = sleep
        self._patience = patience_seconds
        self._waiting: Counter[str] = Counter()
        self._active_until = 0.0

    async def slices(
        self, sender: str, articles: Sequence[RawArticle]
    ) -> AsyncIterator[Sequence[RawArticle]]:
        """Yield the articles of a push in slices, each as soon as the sender may send it.

        Raises:
            ProblemDetailsException: 429 if it waited too long; earlier slices are sent.
        """
        last = self._now() + PATIENCE_IN_ALL_SECONDS
        for first in range(0, len(articles), SLICE_RECORDS):
            self._active_until = self._now() + ACTIVE_SECONDS
            part = articles[first : first + SLICE_RECORDS]
            sources = Counter(article.source for article in part)
            await self._wait(sender, sources, min(last, self._now() + self._patience))
            self._backlog.note(sender, sources, n_bytes=sum(len(item.body) for item in part))
            yield part

    async def _wait(self, sender: str, sources: Counter[str], deadline: float) -> None:
        if self._backlog.may_send(sender, sources):
            return
        if self._waiting[sender] >= MAX_WAITING:
            raise _come_again()
        self._waiting[sender] += 1
        try:
            while not self._backlog.may_send(sender, sources):
                self._wanted.set()
                if self._now() >= deadline:
                    raise _come_again()
                await self._sleep(CHECK_SECONDS)
        finally:
            self._waiting[sender] -= 1
            if not self._waiting[sender]:
                del self._waiting[sender]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Measure the backlog while the body runs."""
        try:
            async with background_task(self._keep_measuring()):
                yield
        finally:
            if self._close is not None:
                await self._close()

    async def _keep_measuring(self) -> None:
        while True:
            if self._now() < self._active_until:
                self._backlog.observe(await self._measured())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), MEASURE_SECONDS)
            self._wanted.clear()
            await self._sleep(CHECK_SECONDS)

    async def _measured(self) -> int:
        try:
            return await self._measure()
        except BrokerError as error:
            log.warning("lag unknown, pushes not limited", error=str(error))
            return 0


def admission(settings: Settings) -> Admission:
    """Return the admission by the lag of the stages."""
    lag = GroupLag(settings)
    return Admission(lag.measure, close=lag.close)


def _come_again() -> Exception:
    detail = "more articles of this token wait in the pipeline than its share; send again: those "
    return try_again(429, f"{detail}already stored are recognized", seconds=RETRY_SECONDS)
