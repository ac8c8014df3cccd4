"""Handle pushes: read the body, send its articles, build the response, within all limits."""

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
from streams.serve.push.parse import LineProblem, ReadLine, parse_articles
from streams.serve.push.response import push_response
from streams.serve.push.sender import ArticleSender

IN_PLACE_BYTES: Final = 64 * 1024
"""Larger bodies are parsed in a thread: 32 MiB take a second and would block other requests."""

THREADS: Final = 2
"""Large bodies that are parsed at a time."""


class PushService:
    """Handles pushes.

    Args:
        sender: Sends the articles.
        budget: Limits of requests and bytes in flight.
        answers: Caches responses by key.
    """

    def __init__(
        self,
        sender: ArticleSender,
        *,
        budget: Budget | None = None,
        answers: IdempotencyCache | None = None,
    ) -> None:
        self._sender = sender
        self._budget = budget or Budget()
        self._answers = answers or IdempotencyCache()
        self._threads = asyncio.Semaphore(THREADS)

    async def push(
        self,
        chunks: AsyncIterable[bytes],
        metrics: ServeMetrics,
        *,
        encoding: str,
        lines: bool,
        owner: str,
        key: str,
    ) -> CachedAnswer:
        """Read a body, send its articles, and return the response.

        Args:
            chunks: Chunks of the body.
            metrics: Counts the articles.
            encoding: ``Content-Encoding``.
            lines: Whether each line is an article.
            owner: Name of the token.
            key: ``Idempotency-Key``; empty if none.

        Raises:
            ProblemDetailsException: If the body cannot be accepted.
            BudgetSpentError: If too many requests or bytes are in flight.
            KafkaUnavailableError: If Kafka does not have all articles in time.
        """
        with ExitStack() as stack:
            stack.callback(lambda: metrics.in_flight.set(self._budget.n_bytes))
            take = stack.enter_context(self._budget.request())
            body = await read_body(chunks, encoding=encoding, take=take)
            metrics.in_flight.set(self._budget.n_bytes)
            if not key:
                return await self._send(body, metrics, lines=lines, owner=owner)
            cached = self._answers.find(owner, key, body)
            if cached is not None:
                return cached
            with self._answers.in_progress(owner, key):
                answer = await self._send(body, metrics, lines=lines, owner=owner)
                self._answers.add(owner, key, body, answer)
                return answer

    async def _send(
        self, body: bytes, metrics: ServeMetrics, *, lines: bool, owner: str
    ) -> CachedAnswer:
        read, problems = await self._parse(body, lines=lines, owner=owner)
        sent = await self._sender.send([line.article for line in read])
        repeated = sum(outcome.repeated for outcome in sent)
        metrics.articles.labels("accepted").inc(len(sent) - repeated)
        metrics.articles.labels("repeated").inc(repeated)
        metrics.articles.labels("refused").inc(len({problem.line for problem in problems}))
        return push_response(read, problems, sent)

    async def _parse(
        self, body: bytes, *, lines: bool, owner: str
    ) -> tuple[list[ReadLine], list[LineProblem]]:
        now = datetime.now(UTC)
        parse = partial(parse_articles, body, lines=lines, source=owner, fetched=now)
        if len(body) <= IN_PLACE_BYTES:
            return parse()
        async with self._threads:
            return await asyncio.to_thread(parse)
