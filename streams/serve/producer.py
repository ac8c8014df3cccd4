"""A way to Kafka that comes back by itself: records in, acknowledgements out, or "away"."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import physical_name, producer
from streams.runtime.background import background_task
from streams.runtime.backoff import Backoff
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
        self._client: AIOKafkaProducer | None = None
        self._failed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the connection while the body runs; what was sent is sent to its end."""
        async with background_task(self._keep()):
            yield

    def check(self) -> None:
        """Find out whether anything can be sent now.

        Raises:
            KafkaUnavailableError: If not.
        """
        if self._client is None or not self.ready:
            raise KafkaUnavailableError

    async def send(self, topic: str, value: bytes | None, key: bytes) -> "asyncio.Future[Any]":
        """Send a record.

        Args:
            topic: Logical name.
            value: None: a tombstone.
            key: Chooses the partition.

        Returns:
            What is done when the broker has it; it ends with an error if it does not take it.

        Raises:
            KafkaUnavailableError: If it cannot be sent now.
        """
        self.check()
        assert self._client is not None  # noqa: S101  # checked
        try:
            sent: asyncio.Future[Any] = await self._client.send(
                physical_name(self._settings, topic), value, key=key
            )
        except KafkaError as error:
            self._failed.set()
            raise KafkaUnavailableError from error
        sent.add_done_callback(self._look_at)
        return sent

    def _look_at(self, sent: "asyncio.Future[Any]") -> None:
        if not sent.cancelled() and sent.exception() is not None:
            # An idempotent producer may be of no more use after an error: it is made anew.
            self._failed.set()

    async def _keep(self) -> None:
        backoff = Backoff()
        while True:
            started = time.monotonic()
            self._failed.clear()
            try:
                async with producer(self._settings) as client:
                    self._client = client
                    await self._watch(client)
            except BrokerError as error:
                log.warning("Kafka away", problem=str(error))
            finally:
                self._client, self.ready = None, False
            await asyncio.sleep(backoff.after(lived_seconds=time.monotonic() - started))

    async def _watch(self, client: AIOKafkaProducer) -> None:
        """Ask the broker again and again, until the client is of no more use."""
        while not self._failed.is_set():
            ready = await self._answers(client)
            if ready != self.ready:
                log.info("Kafka there" if ready else "Kafka away", broker=self._settings.broker)
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
