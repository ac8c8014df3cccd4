"""Send to Kafka through a producer that reconnects automatically."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import producer
from streams.kafka.sender import Headers, Sender
from streams.records import Origin
from streams.records.topics import RAW
from streams.runtime.background import background_task
from streams.runtime.reconnect import keep_connected
from streams.serve.problems import KafkaUnavailableError
from streams.settings import Settings

log = structlog.get_logger()

CHECK_SECONDS: Final = 2.0
"""How often the broker is checked."""

ANSWER_SECONDS: Final = 5.0
"""Maximum time for the broker to answer a check."""


class ReconnectingProducer:
    """A producer for the whole process.

    Args:
        settings: Settings with a broker.

    Attributes:
        ready: Whether Kafka is available.
    """

    def __init__(self, settings: Settings) -> None:
        self.ready = False
        self._settings = settings
        self._sender: Sender | None = None
        self._failed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the connection while the body runs; records in flight are sent before it closes."""
        async with background_task(keep_connected(self._session, purpose="sending")):
            yield

    def check(self) -> None:
        """Check that records can be sent now.

        Raises:
            KafkaUnavailableError: If not.
        """
        self._connected_sender()

    def _connected_sender(self) -> Sender:
        if self._sender is None or not self.ready:
            raise KafkaUnavailableError
        return self._sender

    async def send(
        self, topic: str, value: bytes | None, key: bytes, *, headers: Headers | None = None
    ) -> "asyncio.Future[Origin]":
        """Send a record.

        Args:
            topic: Logical name.
            value: The value; None is a tombstone.
            key: Determines the partition.
            headers: Headers of the message.

        Returns:
            A future that is done when the broker has the record; see `Sender.send`.

        Raises:
            KafkaUnavailableError: If the record cannot be sent now.
        """
        sender = self._connected_sender()
        try:
            answer = await sender.send(topic, value, key, headers=headers)
        except BrokerError as error:
            self._replace(sender)
            raise KafkaUnavailableError from error

        def note_result(answer: "asyncio.Future[Origin]") -> None:
            if not answer.cancelled() and answer.exception() is not None:
                self._replace(sender)

        answer.add_done_callback(note_result)
        return answer

    async def topic_id(self, topic: str) -> str:
        """Return the id that a topic has now, as in an origin; empty if the broker has no ids.

        Raises:
            KafkaUnavailableError: If the topic does not exist, or the broker does not answer.
        """
        sender = self._connected_sender()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return (await sender.read_topic_ids(topic))[topic]
        except (KafkaError, OSError, TimeoutError) as error:
            raise KafkaUnavailableError from error

    def _replace(self, sender: Sender) -> None:
        """Replace the producer: an idempotent one may be unusable after an error."""
        if sender is self._sender:
            self._failed.set()

    async def _session(self) -> None:
        self._failed.clear()
        try:
            async with producer(self._settings) as client:
                self._sender = Sender(client, self._settings)
                await self._watch(client, self._sender)
        finally:
            self._sender, self.ready = None, False

    async def _watch(self, client: AIOKafkaProducer, sender: Sender) -> None:
        """Check the broker repeatedly, until the client is unusable."""
        while not self._failed.is_set():
            ready = await self._answers(client, sender)
            if ready != self.ready:
                event = "Kafka connected" if ready else "Kafka unavailable"
                log.info(event, broker=self._settings.broker)
            self.ready = ready
            try:
                await asyncio.wait_for(self._failed.wait(), CHECK_SECONDS)
            except TimeoutError:
                continue

    async def _answers(self, client: AIOKafkaProducer, sender: Sender) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await client.client.fetch_all_metadata()
                await sender.read_topic_ids(RAW.name)
        except (KafkaError, OSError, TimeoutError):
            return False
        return True
