"""Where polls put what they found: articles and states in, the broker's acknowledgement out."""

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
    """Takes what polls found."""

    async def keep(self, state: FeedState) -> None:
        """Keep the state of a feed; return when it is safe.

        Raises:
            BrokerError: If it cannot be kept.
        """
        ...

    async def send(self, article: RawArticle) -> bool:
        """Send an article; return when it is safe: false if it was refused.

        Raises:
            BrokerError: If it cannot be sent.
        """
        ...


@dataclass(frozen=True)
class KafkaSink:
    """Puts them on their topics.

    Attributes:
        sender: Sends them.
        now: The clock, for dead letters.
    """

    sender: Sender
    now: Callable[[], datetime]

    async def keep(self, state: FeedState) -> None:
        """Write the state of a feed, and wait until the broker has it; see `Sink.keep`."""
        await self.sender.send_and_wait(FEEDS.name, encode(state), state.id.encode())

    async def send(self, article: RawArticle) -> bool:
        """Send an article; one that is none, as a dead letter; see `Sink.send`."""
        item = validate(article, place=f"{article.source}: {article.url or article.external_id}")
        if isinstance(item, Rejected):
            letter = source_dead_letter(item, now=self.now())
            await self.sender.send_and_wait(DEAD_LETTER.name, encode(letter))
            return False
        await self.sender.send_and_wait(RAW.name, encode(item), item.id.encode())
        return True
