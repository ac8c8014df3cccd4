"""Send records and report when the broker has acknowledged them."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.connection import physical_name
from streams.kafka.errors import describe_error
from streams.kafka.topic_ids import read_topic_ids
from streams.records import Origin
from streams.settings import Settings

MAX_IN_FLIGHT: Final = 500
"""Maximum number of unacknowledged records. aiokafka itself waits when the batch of a partition
(16 KB) is full, which happens earlier with articles of 4 KB on 8 partitions.
"""

Headers = Sequence[tuple[str, bytes]]


class Sender:
    """Sends records through a producer without waiting for each acknowledgement.

    **Delivery.** A record whose future is done is held by all replicas (the producer asks for
    ``acks=all``). A record whose future failed may be stored or not. Records with the same key
    are stored in the order in which they are sent.

    The origin of a record has the id that its topic had at the last `read_topic_ids` before it was
    sent, and none without such a call. So an origin never claims that a record is on a topic that
    was created after the record was sent.

    Args:
        client: A started producer.
        settings: Settings with the prefix of the topics.
        max_in_flight: Number of unacknowledged records at which `send` waits.

    Attributes:
        failed: Whether the broker refused a record since the last `flush`.
    """

    def __init__(
        self, client: AIOKafkaProducer, settings: Settings, *, max_in_flight: int = MAX_IN_FLIGHT
    ) -> None:
        self._client = client
        self._settings = settings
        self._free = asyncio.Semaphore(max_in_flight)
        self._in_flight: set[asyncio.Future[Any]] = set()
        self._failure: BaseException | None = None
        self._topic_ids: dict[str, str] = {}

    async def read_topic_ids(self, *topics: str) -> dict[str, str]:
        """Ask the broker for the ids of topics, for the origins of records sent from now on.

        Args:
            topics: Logical names.

        Returns:
            The id of each topic as in an origin; empty for a topic that does not exist, and with
            brokers before Kafka 2.8.

        Raises:
            aiokafka.errors.KafkaError: If the broker does not answer.
        """
        names = {physical_name(self._settings, topic): topic for topic in topics}
        found = await read_topic_ids(self._client.client, names)
        self._topic_ids |= {topic: found.ids.get(name, "") for name, topic in names.items()}
        return {topic: self._topic_ids[topic] for topic in topics}

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
        """Pass a record to the producer; wait while too many records are unacknowledged.

        Args:
            topic: Logical name.
            value: The value; None is a tombstone.
            key: Determines the partition.
            headers: Headers of the message.

        Returns:
            A future of the record's position, done when the broker has the record. It fails with
            `BrokerError` if the broker refuses the record.

        Raises:
            BrokerError: If the producer refuses the record.
        """
        await self._free.acquire()
        topic_id = self._topic_ids.get(topic, "")
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
        self._in_flight.add(sent)
        sent.add_done_callback(lambda sent: self._acknowledge(topic, topic_id, sent, answer))
        return answer

    async def send_and_wait(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None = None,
        *,
        headers: Headers | None = None,
    ) -> Origin:
        """Send a record, and return its position when the broker has it; see `send`.

        Raises:
            BrokerError: If the broker refuses the record.
        """
        return await (await self.send(topic, value, key, headers=headers))

    async def flush(self) -> None:
        """Wait until every record sent so far is acknowledged or refused.

        Raises:
            BrokerError: If the broker refused a record since the last call: the first one.
        """
        if self._in_flight:
            await asyncio.wait(self._in_flight)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _acknowledge(
        self,
        topic: str,
        topic_id: str,
        sent: "asyncio.Future[Any]",
        answer: "asyncio.Future[Origin]",
    ) -> None:
        self._free.release()
        self._in_flight.discard(sent)
        if sent.cancelled():
            answer.cancel()
            return
        failure = sent.exception()
        if failure is None:
            if not answer.done():  # the caller may have been canceled
                position = sent.result()
                answer.set_result(Origin(topic, position.partition, position.offset, topic_id))
            return
        if isinstance(failure, KafkaError):
            cause, failure = failure, _refused(topic, failure)
            failure.__cause__ = cause
        self._failure = self._failure or failure
        if not answer.done():
            answer.set_exception(failure)
            answer.exception()  # not every caller looks at it; `flush` reports the failure


def _refused(topic: str, error: KafkaError) -> BrokerError:
    return BrokerError(f"sending to {topic}: {describe_error(error)}")
