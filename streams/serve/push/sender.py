"""Send pushed articles to Kafka; recently sent ones are recognized and not sent again."""

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
"""Articles that are recognized: some 20 MB. Articles pushed again later are marked unchanged by
dedupe.
"""

ACK_SECONDS: Final = 10.0
"""Maximum time for the broker; HTTP clients do not wait longer."""

Send = Callable[[str, bytes, bytes], Awaitable["asyncio.Future[Any]"]]
"""Takes topic, value and key; the returned future is done when the broker has the record."""

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class SendOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of sending an article.

    Attributes:
        id: Id of the article.
        repeated: Whether it was known, so that it was not sent again.
    """

    id: str
    repeated: bool


class ArticleSender:
    """Sends articles, each once as far as it remembers.

    **Delivery.** An acknowledged article is on the raw topic, on all replicas. An article without
    acknowledgment may be stored or not; when it is sent again, it is recognized while this process
    remembers it, even while the first attempt still waits for the broker.

    Args:
        send: Sends a value under a key to a topic, as `ReconnectingProducer.send` does.
        remembered: Number of articles that are recognized.
        ack_seconds: Maximum time for the broker.
    """

    def __init__(
        self, send: Send, *, remembered: int = REMEMBERED, ack_seconds: float = ACK_SECONDS
    ) -> None:
        self._send_record = send
        self._remembered = remembered
        self._ack_seconds = ack_seconds
        self._sent: OrderedDict[bytes, asyncio.Future[bool]] = OrderedDict()

    async def send(self, articles: Sequence[RawArticle]) -> list[SendOutcome]:
        """Send articles in order, and wait until the broker has them all.

        Raises:
            KafkaUnavailableError: If the broker has not acknowledged all in time; it may have some.
        """
        outcomes: list[SendOutcome] = []
        waiting: list[asyncio.Future[bool]] = []
        try:
            async with asyncio.timeout(self._ack_seconds):
                for article in articles:
                    key = content_key(article)
                    known = self._sent.get(key)
                    outcomes.append(SendOutcome(id=article.id, repeated=known is not None))
                    waiting.append(known or await self._send(key, article))
                if waiting:
                    await asyncio.wait(waiting)
        except TimeoutError:
            raise KafkaUnavailableError from None
        if not all(acknowledged.result() for acknowledged in waiting):
            raise KafkaUnavailableError
        return outcomes

    async def _send(self, key: bytes, article: RawArticle) -> "asyncio.Future[bool]":
        """Send an article; the returned future tells whether the broker has it."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._sent[key] = stored  # before another request looks for it
        if len(self._sent) > self._remembered:
            self._sent.popitem(last=False)

        def set_stored(*, success: bool) -> None:
            stored.set_result(success)
            if not success and self._sent.get(key) is stored:
                del self._sent[key]

        try:
            sent = await self._send_record(RAW.name, encode(article), article.id.encode())
        except BaseException:
            set_stored(success=False)
            raise
        sent.add_done_callback(
            lambda answer: set_stored(success=not answer.cancelled() and answer.exception() is None)
        )
        return stored


def content_key(article: RawArticle) -> bytes:
    """Return a hash of an article without its time; changed content is a revision, and sent."""
    timeless = msgspec.structs.replace(article, fetched=_NO_TIME)
    return blake2b(encode(timeless), digest_size=16).digest()
