"""The destination of polls: articles and feed states, acknowledged by the broker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from streams.kafka.sender import Sender
from streams.records import FeedState, RawArticle, encode
from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.sources.article import validate
from streams.sources.rejection import Rejected, source_dead_letter


class Sink(Protocol):
    """Receives the results of polls."""

    async def save(self, state: FeedState) -> None:
        """Save the state of a feed; return when it is stored.

        Raises:
            BrokerError: If it cannot be saved.
        """
        ...

    async def send(self, article: RawArticle) -> bool:
        """Send an article; return when it is stored.

        Returns:
            False if the article is invalid and became a dead letter.

        Raises:
            BrokerError: If it cannot be sent.
        """
        ...


@dataclass(frozen=True)
class KafkaSink:
    """Sends articles, dead letters and states to Kafka.

    Attributes:
        sender: Sends the messages.
        now: Returns the time for dead letters.
    """

    sender: Sender
    now: Callable[[], datetime]

    async def save(self, state: FeedState) -> None:
        """Send the state of a feed, and wait for the acknowledgment; see `Sink.save`."""
        await self.sender.send_and_wait(FEEDS.name, encode(state), state.id.encode())

    async def send(self, article: RawArticle) -> bool:
        """Send an article, or a dead letter if it is invalid; see `Sink.send`."""
        item = validate(article, place=f"{article.source}: {article.url or article.external_id}")
        if isinstance(item, Rejected):
            letter = source_dead_letter(item, now=self.now())
            await self.sender.send_and_wait(DEAD_LETTER.name, encode(letter))
            return False
        await self.sender.send_and_wait(RAW.name, encode(item), item.id.encode())
        return True
