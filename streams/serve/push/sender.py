"""Articles in, acknowledged by Kafka out; what was sent already is known and not sent again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec

from streams.records import RawArticle, encode
from streams.records.topics import RAW
from streams.serve.problems import KafkaUnavailableError

REMEMBERED: Final = 100_000
"""Articles that are known again: some 20 MB. What comes later again, dedupe finds unchanged."""

ACK_SECONDS: Final = 10.0
"""How long the broker may take; who waits longer over HTTP has given up."""

Send = Callable[[str, bytes, bytes], Awaitable["asyncio.Future[Any]"]]
"""Topic, value and key in; what it gives is done when the broker has it."""

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class SendOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an article.

    Attributes:
        id: Its id.
        repeated: Whether it was known, so that it was not sent again.
    """

    id: str
    repeated: bool


class ArticleSender:
    """Sends articles, each once as far as it remembers.

    **Delivery.** What is answered is on the raw topic, acknowledged by all replicas. What is
    not answered may be there or not; sent again it is recognized while this process remembers
    it, also while the first attempt still waits for the broker.
    """

    def __init__(
        self, send: Send, *, remembered: int = REMEMBERED, ack_seconds: float = ACK_SECONDS
    ) -> None:
        """Remember nothing.

        Args:
            send: Sends a value under a key to a topic, as `Outlet.send` does.
            remembered: Articles that are known again.
            ack_seconds: How long the broker may take.
        """
        self._send_record = send
        self._remembered = remembered
        self._ack_seconds = ack_seconds
        self._sent: OrderedDict[bytes, asyncio.Future[bool]] = OrderedDict()

    async def send(self, articles: Sequence[RawArticle]) -> list[SendOutcome]:
        """Send articles in their order, and wait until the broker has them all.

        Raises:
            KafkaUnavailableError: If it does not take all of them in time; some it may have.
        """
        answers: list[SendOutcome] = []
        waiting: list[asyncio.Future[bool]] = []
        try:
            async with asyncio.timeout(self._ack_seconds):
                for article in articles:
                    key = content_key(article)
                    known = self._sent.get(key)
                    answers.append(SendOutcome(id=article.id, repeated=known is not None))
                    waiting.append(known or await self._send(key, article))
                if waiting:
                    await asyncio.wait(waiting)
        except TimeoutError:
            raise KafkaUnavailableError from None
        if not all(one.result() for one in waiting):
            raise KafkaUnavailableError
        return answers

    async def _send(self, key: bytes, article: RawArticle) -> "asyncio.Future[bool]":
        """Send an article; what it gives is whether the broker has it."""
        has_it: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._sent[key] = has_it  # before anybody else can ask for it
        if len(self._sent) > self._remembered:
            self._sent.popitem(last=False)

        def answered(*, taken: bool) -> None:
            has_it.set_result(taken)
            if not taken and self._sent.get(key) is has_it:
                del self._sent[key]

        try:
            sent = await self._send_record(RAW.name, encode(article), article.id.encode())
        except BaseException:
            answered(taken=False)
            raise
        sent.add_done_callback(
            lambda answer: answered(taken=not answer.cancelled() and answer.exception() is None)
        )
        return has_it


def content_key(article: RawArticle) -> bytes:
    """Name an article and its content, whenever it came: a changed one is a revision, and sent."""
    timeless = msgspec.structs.replace(article, fetched=_NO_TIME)
    return blake2b(encode(timeless), digest_size=16).digest()
