"""Send pushed articles to Kafka; an article equal to its latest version is not sent again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from streams.records import SENDER_HEADER, Origin, RawArticle, encode
from streams.records.topics import RAW
from streams.serve.problems import KafkaUnavailableError

REMEMBERED: Final = 100_000
"""Ids whose latest version is recognized: some 25 MB. Articles pushed again later are marked
unchanged by dedupe.
"""

ACK_SECONDS: Final = 10.0
"""Maximum time for the broker; HTTP clients do not wait longer."""

Send = Callable[..., Awaitable["asyncio.Future[Any]"]]
"""Takes topic, value, key and perhaps ``headers``; the returned future is done when the broker has
the record."""

TopicId = Callable[[str], Awaitable[str]]
"""Returns the id that a topic has now."""


async def _no_topic_id(_topic: str) -> str:
    return ""


class _Sent(NamedTuple):
    """Where an acknowledged article is: its origin, and the id of the topic."""

    origin: str
    topic_id: str


_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class SendOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of sending an article.

    Attributes:
        id: Id of the article.
        repeated: Whether it equals the latest version of its id, so that it was not sent again.
        origin: Where it is on the raw topic; empty if the position is unknown.
        topic_id: Id of the raw topic; empty if unknown.
    """

    id: str
    repeated: bool
    origin: str = ""
    topic_id: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Version:
    """The latest version of an article.

    Attributes:
        key: Its `content_key`.
        stored: Where the broker has it, once known; None if it may not have it.
    """

    key: bytes
    stored: "asyncio.Future[_Sent | None]"


class ArticleSender:
    """Sends articles, each version once as far as it remembers.

    Known is what equals the latest version of the same id: a text that comes back after a
    correction (A, B, A) is a version of its own, and sent.

    What it remembers is bound to the topic that has the articles: when the raw topic was deleted
    and created again, or the data of the broker is gone, an article is sent again.

    **Delivery.** An acknowledged article is on the raw topic, on all replicas that are in sync. An
    article without acknowledgment may be stored or not; when it is sent again, it is recognized
    while this process remembers it, even while the first attempt still waits for the broker.

    Args:
        send: Sends a value under a key to a topic, as `ReconnectingProducer.send` does.
        topic_id: Returns the id that a topic has now, as `ReconnectingProducer.topic_id` does;
            asked before an article is called known. By default topics have no ids.
        remembered: Number of ids whose latest version is recognized.
        ack_seconds: Maximum time for the broker.
    """

    def __init__(
        self,
        send: Send,
        *,
        topic_id: TopicId = _no_topic_id,
        remembered: int = REMEMBERED,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._send_record = send
        self._topic_id = topic_id
        self._remembered = remembered
        self._ack_seconds = ack_seconds
        self._latest: OrderedDict[str, _Version] = OrderedDict()

    async def send(self, articles: Sequence[RawArticle], *, sender: str = "") -> list[SendOutcome]:
        """Send articles in order, and wait until the broker has them all.

        Args:
            articles: The articles.
            sender: Value of `SENDER_HEADER`; empty for none.

        Raises:
            KafkaUnavailableError: If the broker has not acknowledged all in time; it may have some.
        """
        keys = [content_key(article) for article in articles]
        repeated: list[bool] = []
        waiting: list[asyncio.Future[_Sent | None]] = []
        try:
            async with asyncio.timeout(self._ack_seconds):
                ids = {article.id for article in articles}
                if any(id_ in self._latest for id_ in ids):
                    self._forget_all_but(await self._topic_id(RAW.name), ids)
                for key, article in zip(keys, articles, strict=True):
                    known = self._latest.get(article.id)
                    is_known = known is not None and known.key == key
                    repeated.append(is_known)
                    if known is None or not is_known:
                        known = await self._send(key, article, sender)
                    waiting.append(known.stored)
                if waiting:
                    await asyncio.wait(waiting)
        except TimeoutError:
            raise KafkaUnavailableError from None
        outcomes = []
        for article, is_known, future in zip(articles, repeated, waiting, strict=True):
            sent = future.result()
            if sent is None:
                raise KafkaUnavailableError
            outcomes.append(
                SendOutcome(
                    id=article.id, repeated=is_known, origin=sent.origin, topic_id=sent.topic_id
                )
            )
        return outcomes

    async def is_current(self, topic_id: str) -> bool:
        """Return whether an id is that of the raw topic now; so is an unknown one.

        Raises:
            KafkaUnavailableError: If the broker does not answer.
        """
        return not topic_id or await self._topic_id(RAW.name) in {"", topic_id}

    def _forget_all_but(self, topic_id: str, ids: Iterable[str]) -> None:
        """Forget those versions that are on another topic than the one that exists now."""
        for id_ in ids:
            known = self._latest.get(id_)
            sent = known.stored.result() if known is not None and known.stored.done() else None
            if sent is not None and topic_id and sent.topic_id not in {"", topic_id}:
                del self._latest[id_]

    async def _send(self, key: bytes, article: RawArticle, sender: str) -> _Version:
        """Send an article; its future has None if the broker may not have it."""
        version = _Version(key, asyncio.get_running_loop().create_future())
        self._latest[article.id] = version  # before another request looks for it
        self._latest.move_to_end(article.id)
        if len(self._latest) > self._remembered:
            self._latest.popitem(last=False)

        def set_stored(sent: _Sent | None) -> None:
            version.stored.set_result(sent)
            if sent is None and self._latest.get(article.id) is version:
                del self._latest[article.id]

        try:
            headers = {"headers": [(SENDER_HEADER, sender.encode())]} if sender else {}
            sent = await self._send_record(
                RAW.name, encode(article), article.id.encode(), **headers
            )
        except BaseException:
            set_stored(None)
            raise
        sent.add_done_callback(lambda answer: set_stored(_sent_of(answer)))
        return version


def _sent_of(answer: "asyncio.Future[Any]") -> _Sent | None:
    """Return where the broker has a record; None if it was not acknowledged."""
    if answer.cancelled() or answer.exception() is not None:
        return None
    origin = answer.result()
    return _Sent(str(origin), origin.topic_id) if isinstance(origin, Origin) else _Sent("", "")


def content_key(article: RawArticle) -> bytes:
    """Return a hash of an article without its time; changed content is a revision, and sent."""
    timeless = msgspec.structs.replace(article, fetched=_NO_TIME)
    return blake2b(encode(timeless), digest_size=16).digest()
