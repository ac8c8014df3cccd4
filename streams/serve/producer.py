"""Send to Kafka through a producer that connects again by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import producer
from streams.kafka.sender import Sender
from streams.records import Origin
from streams.runtime.background import background_task
from streams.runtime.reconnect import keep_connected
from streams.serve.problems import KafkaUnavailableError
from streams.settings import Settings

log = structlog.get_logger()

LOOK_SECONDS: Final = 2.0
"""How often the broker is asked whether it is there."""

ANSWER_SECONDS: Final = 5.0
"""How long it may take to answer that."""


class ReconnectingProducer:
    """A producer for the whole process.

    Attributes:
        ready: Whether Kafka answers.
    """

    def __init__(self, settings: Settings) -> None:
        """Connect to nothing yet.

        Args:
            settings: With a broker.
        """
        self.ready = False
        self._settings = settings
        self._sender: Sender | None = None
        self._failed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the connection while the body runs; what was sent is sent to its end."""
        async with background_task(keep_connected(self._session, purpose="sending")):
            yield

    def check(self) -> None:
        """Find out whether anything can be sent now.

        Raises:
            KafkaUnavailableError: If not.
        """
        self._usable()

    def _usable(self) -> Sender:
        if self._sender is None or not self.ready:
            raise KafkaUnavailableError
        return self._sender

    async def send(self, topic: str, value: bytes | None, key: bytes) -> "asyncio.Future[Origin]":
        """Send a record.

        Args:
            topic: Logical name.
            value: None: a tombstone.
            key: Chooses the partition.

        Returns:
            A future that is done when the broker has the record; see `Sender.send`.

        Raises:
            KafkaUnavailableError: If it cannot be sent now.
        """
        sender = self._usable()
        try:
            answer = await sender.send(topic, value, key)
        except BrokerError as error:
            self._note_failure(sender)
            raise KafkaUnavailableError from error

        def look_at(answer: "asyncio.Future[Origin]") -> None:
            if not answer.cancelled() and answer.exception() is not None:
                self._note_failure(sender)

        answer.add_done_callback(look_at)
        return answer

    def _note_failure(self, sender: Sender) -> None:
        """Have the producer made anew: an idempotent one may be of no more use after an error."""
        if sender is self._sender:
            self._failed.set()

    async def _session(self) -> None:
        self._failed.clear()
        try:
            async with producer(self._settings) as client:
                self._sender = Sender(client, self._settings)
                await self._watch(client)
        finally:
            self._sender, self.ready = None, False

    async def _watch(self, client: AIOKafkaProducer) -> None:
        """Ask the broker again and again, until the client is of no more use."""
        while not self._failed.is_set():
            ready = await self._answers(client)
            if ready != self.ready:
                event = "Kafka connected" if ready else "Kafka unavailable"
                log.info(event, broker=self._settings.broker)
            self.ready = ready
            try:
                await asyncio.wait_for(self._failed.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def _answers(self, client: AIOKafkaProducer) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await client.client.fetch_all_metadata()
        except (KafkaError, OSError, TimeoutError):
            return False
        return True
