"""Where pushes are taken: the body of a request in, the answer out, all bounds kept."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Final

from streams.serve.metrics import ServeMetrics
from streams.serve.push.body import read_body
from streams.serve.push.idempotency import CachedAnswer, IdempotencyCache
from streams.serve.push.limits import Budget
from streams.serve.push.parse import LineProblem, ReadLine, articles_in
from streams.serve.push.response import push_answer
from streams.serve.push.sender import ArticleSender

IN_PLACE_BYTES: Final = 64 * 1024
"""Larger bodies are read in a thread, since the others wait meanwhile: 32 MiB take a second."""

THREADS: Final = 2
"""Large bodies that are read at a time."""


class PushService:
    """Takes pushes."""

    def __init__(
        self,
        intake: ArticleSender,
        *,
        budget: Budget | None = None,
        answers: IdempotencyCache | None = None,
    ) -> None:
        """Hand them to an intake.

        Args:
            intake: Sends the articles.
            budget: How much may be on its way; none: as much as usual.
            answers: Remembers answers by key; none: as many as usual.
        """
        self._intake = intake
        self._budget = budget or Budget()
        self._answers = answers or IdempotencyCache()
        self._reading = asyncio.Semaphore(THREADS)

    async def take(
        self,
        chunks: AsyncIterable[bytes],
        metrics: ServeMetrics,
        *,
        encoding: str,
        lines: bool,
        owner: str,
        key: str,
    ) -> CachedAnswer:
        """Read a body, send its articles and say what became of them.

        Args:
            chunks: Of the body.
            metrics: Counts what becomes of it.
            encoding: ``Content-Encoding``.
            lines: Whether each line is an article.
            owner: Name of the token.
            key: ``Idempotency-Key``; empty if none.

        Raises:
            ProblemDetailsException: If the body cannot be taken.
            BudgetSpentError: If too much is on its way.
            KafkaAwayError: If Kafka does not have all of it in time.
        """
        with ExitStack() as stack:
            stack.callback(lambda: metrics.in_flight.set(self._budget.n_bytes))
            take = stack.enter_context(self._budget.place())
            body = await read_body(chunks, encoding=encoding, take=take)
            metrics.in_flight.set(self._budget.n_bytes)
            if not key:
                return await self._send(body, metrics, lines=lines, owner=owner)
            known = self._answers.find(owner, key, body)
            if known is not None:
                return known
            with self._answers.under_way(owner, key):
                answer = await self._send(body, metrics, lines=lines, owner=owner)
                self._answers.keep(owner, key, body, answer)
                return answer

    async def _send(
        self, body: bytes, metrics: ServeMetrics, *, lines: bool, owner: str
    ) -> CachedAnswer:
        read, problems = await self._read(body, lines=lines, owner=owner)
        sent = await self._intake.send([line.article for line in read])
        repeated = sum(one.repeated for one in sent)
        metrics.articles.labels("accepted").inc(len(sent) - repeated)
        metrics.articles.labels("repeated").inc(repeated)
        metrics.articles.labels("refused").inc(len({one.line for one in problems}))
        return push_answer(read, problems, sent)

    async def _read(
        self, body: bytes, *, lines: bool, owner: str
    ) -> tuple[list[ReadLine], list[LineProblem]]:
        now = datetime.now(UTC)
        reading = partial(articles_in, body, lines=lines, source=owner, fetched=now)
        if len(body) <= IN_PLACE_BYTES:
            return reading()
        async with self._reading:
            return await asyncio.to_thread(reading)
