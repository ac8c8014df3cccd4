"""Handle pushes: read the body, send its articles, build the response, within all limits."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from streams.records import RawArticle
from streams.serve.metrics import ServeMetrics
from streams.serve.push.body import read_body
from streams.serve.push.idempotency import CachedAnswer, IdempotencyCache
from streams.serve.push.limits import Budget
from streams.serve.push.parse import LineProblem, ReadLine, parse_articles
from streams.serve.push.response import push_response
from streams.serve.push.sender import ArticleSender, SendOutcome

IN_PLACE_BYTES: Final = 64 * 1024
"""Larger bodies are parsed in a thread: 32 MiB take a second and would block other requests."""

THREADS: Final = 2
"""Large bodies that are parsed at a time."""


Slices = Callable[[str, Sequence[RawArticle]], AsyncIterator[Sequence[RawArticle]]]
"""Yields the articles of a token in slices."""


async def all_at_once(
    _owner: str, articles: Sequence[RawArticle]
) -> AsyncIterator[Sequence[RawArticle]]:
    """Yield all articles."""
    yield articles


class PushService:
    """Handles pushes.

    Args:
        sender: Sends the articles.
        max_page_bytes: Largest body of an article that ``clean`` reads.
        budget: Limits of requests and bytes in flight.
        answers: Caches responses by key.
        slices: Yields the articles of a token in slices, each when it may be sent; by default all
            at once.
    """

    def __init__(
        self,
        sender: ArticleSender,
        *,
        max_page_bytes: int,
        budget: Budget | None = None,
        answers: IdempotencyCache | None = None,
        slices: Slices | None = None,
    ) -> None:
        self._sender = sender
        self._max_page_bytes = max_page_bytes
        self._budget = budget or Budget()
        self._answers = answers or IdempotencyCache()
        self._slices = slices or all_at_once
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
        speaks_for: Collection[str] = ("*",),
    ) -> CachedAnswer:
        """Read a body, send its articles, and return the response.

        Args:
            chunks: Chunks of the body.
            metrics: Counts the articles.
            encoding: ``Content-Encoding``.
            lines: Whether each line is an article.
            owner: Name of the token.
            key: ``Idempotency-Key``; empty if none.
            speaks_for: Domains whose publishers the token may speak for; ``*`` for all.

        Raises:
            ProblemDetailsException: If the body cannot be accepted.
            BudgetSpentError: If too many requests or bytes are in flight.
            KafkaUnavailableError: If Kafka does not have all articles in time.
        """
        with ExitStack() as stack:
            stack.callback(lambda: metrics.in_flight.set(self._budget.n_bytes))
            take = stack.enter_context(self._budget.request(owner))
            body = await read_body(chunks, encoding=encoding, take=take)
            metrics.in_flight.set(self._budget.n_bytes)
            if not key:
                return await self._send(
                    body, metrics, lines=lines, owner=owner, speaks_for=speaks_for
                )
            cached = self._answers.find(owner, key, body)
            if cached is not None:
                if await self._sender.is_current(cached.topic_id):
                    return cached
                self._answers.forget(owner, key)
            with self._answers.in_progress(owner, key):
                answer = await self._send(
                    body, metrics, lines=lines, owner=owner, speaks_for=speaks_for
                )
                self._answers.add(owner, key, body, answer)
                return answer

    async def _send(
        self,
        body: bytes,
        metrics: ServeMetrics,
        *,
        lines: bool,
        owner: str,
        speaks_for: Collection[str],
    ) -> CachedAnswer:
        read, problems = await self._parse(body, lines=lines, owner=owner, speaks_for=speaks_for)
        sent: list[SendOutcome] = []
        async for part in self._slices(owner, [line.article for line in read]):
            sent += await self._sender.send(part, sender=f"token:{owner}")
        repeated = sum(outcome.repeated for outcome in sent)
        metrics.articles.labels("accepted").inc(len(sent) - repeated)
        metrics.articles.labels("repeated").inc(repeated)
        metrics.articles.labels("refused").inc(len({problem.line for problem in problems}))
        topic_id = next((outcome.topic_id for outcome in sent), "")
        return replace(push_response(read, problems, sent), topic_id=topic_id)

    async def _parse(
        self, body: bytes, *, lines: bool, owner: str, speaks_for: Collection[str]
    ) -> tuple[list[ReadLine], list[LineProblem]]:
        now = datetime.now(UTC)
        parse = partial(
            parse_articles,
            body,
            lines=lines,
            source=owner,
            fetched=now,
            speaks_for=speaks_for,
            max_page_bytes=self._max_page_bytes,
        )
        if len(body) <= IN_PLACE_BYTES:
            return parse()
        async with self._threads:
            return await asyncio.to_thread(parse)
