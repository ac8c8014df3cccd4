"""Where polls put what they found: articles and states in, the broker's acknowledgement out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import physical_name
from streams.kafka.errors import describe_error
from streams.records import FeedState, RawArticle, encode
from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.settings import Settings
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
        client: A started producer.
        settings: Which topics.
        now: The clock, for dead letters.
    """

    client: AIOKafkaProducer
    settings: Settings
    now: Callable[[], datetime]

    async def keep(self, state: FeedState) -> None:
        """Write the state of a feed, and wait until the broker has it; see `Sink.keep`."""
        await self._acknowledged(FEEDS.name, encode(state), state.id.encode())

    async def send(self, article: RawArticle) -> bool:
        """Send an article; one that is none, as a dead letter; see `Sink.send`."""
        item = validate(article, place=f"{article.source}: {article.url or article.external_id}")
        if isinstance(item, Rejected):
            letter = source_dead_letter(item, now=self.now())
            await self._acknowledged(DEAD_LETTER.name, encode(letter), None)
            return False
        await self._acknowledged(RAW.name, encode(item), item.id.encode())
        return True

    async def _acknowledged(self, topic: str, value: bytes, key: bytes | None) -> None:
        try:
            await self.client.send_and_wait(physical_name(self.settings, topic), value, key=key)
        except KafkaError as error:
            raise BrokerError(
                f"sending to {self.settings.broker}: {describe_error(error)}"
            ) from error
