"""Send records, and learn when the broker has them."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import physical_name
from streams.kafka.errors import describe_error
from streams.records import Origin
from streams.settings import Settings

MAX_IN_FLIGHT: Final = 500
"""Records that may wait for their acknowledgement. aiokafka itself waits when the batch of a
partition (16 KB) is full, which happens before with articles of 4 KB on 8 partitions."""

Headers = Sequence[tuple[str, bytes]]


class Sender:
    """Sends records through a producer without waiting for each acknowledgement.

    **Delivery.** A record whose future is done is held by all replicas (the producer asks for
    ``acks=all``). A record whose future failed may be there or not. Records with the same key are
    stored in the order of their sending.

    Args:
        client: A started producer.
        settings: Spell the topics' names.
        max_in_flight: Records without acknowledgement from which on `send` waits.

    Attributes:
        failed: Whether the broker refused a record since the last `flush`.
    """

    def __init__(
        self, client: AIOKafkaProducer, settings: Settings, *, max_in_flight: int = MAX_IN_FLIGHT
    ) -> None:
        self._client = client
        self._settings = settings
        self._free = asyncio.Semaphore(max_in_flight)
        self._open: set[asyncio.Future[Any]] = set()
        self._failure: BaseException | None = None

    @property
    def failed(self) -> bool:
        """Whether the broker refused a record since the last `flush`."""
        return self._failure is not None

    async def send(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None = None,
        *,
        headers: Headers | None = None,
    ) -> "asyncio.Future[Origin]":
        """Hand a record to the producer, as soon as few enough wait for acknowledgement.

        Args:
            topic: Logical name.
            value: None is a tombstone.
            key: Chooses the partition.
            headers: Of the message.

        Returns:
            A future of the record's place, done when the broker has the record. It fails with
            `BrokerError` if the broker refuses the record.

        Raises:
            BrokerError: If the producer does not take the record.
        """
        await self._free.acquire()
        try:
            sent = await self._client.send(
                physical_name(self._settings, topic), value, key=key, headers=headers
            )
        except BaseException as error:
            self._free.release()
            if isinstance(error, KafkaError):
                raise _refused(topic, error) from error
            raise
        answer: asyncio.Future[Origin] = asyncio.get_running_loop().create_future()
        self._open.add(sent)
        sent.add_done_callback(lambda sent: self._acknowledge(topic, sent, answer))
        return answer

    async def send_and_wait(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None = None,
        *,
        headers: Headers | None = None,
    ) -> Origin:
        """Send a record, and return its place when the broker has it; see `send`.

        Raises:
            BrokerError: If the broker does not take the record.
        """
        return await (await self.send(topic, value, key, headers=headers))

    async def flush(self) -> None:
        """Wait until every record sent so far is acknowledged or refused.

        Raises:
            BrokerError: If the broker refused a record since the last call: the first one.
        """
        if self._open:
            await asyncio.wait(self._open)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _acknowledge(
        self, topic: str, sent: "asyncio.Future[Any]", answer: "asyncio.Future[Origin]"
    ) -> None:
        self._free.release()
        self._open.discard(sent)
        if sent.cancelled():
            answer.cancel()
            return
        failure = sent.exception()
        if failure is None:
            if not answer.done():  # whoever waited for it may have been canceled
                place = sent.result()
                answer.set_result(Origin(topic, place.partition, place.offset))
            return
        if isinstance(failure, KafkaError):
            cause, failure = failure, _refused(topic, failure)
            failure.__cause__ = cause
        self._failure = self._failure or failure
        if not answer.done():
            answer.set_exception(failure)
            answer.exception()  # not everybody asks; `flush` reports it


def _refused(topic: str, error: KafkaError) -> BrokerError:
    return BrokerError(f"sending to {topic}: {describe_error(error)}")
