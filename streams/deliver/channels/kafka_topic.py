"""Send alerts to a Kafka topic of the operator: one record per alert, keyed by saved search."""

import asyncio
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    NoError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.metadata import MetadataRequest

from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.message import Notification
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus
from streams.kafka.errors import describe_error
from streams.records import encode

TOTAL_SECONDS: Final = 15.0
"""Time limit for one message."""

MESSAGE_ID_HEADER: Final = "webhook-id"
"""Same header as of a webhook: consumers recognize redelivered alerts after a crash."""


class TopicSender:
    """Sends to one topic.

    Args:
        producer: A started producer.
        topic: Name of the topic on the broker.
    """

    formats: tuple[BodyFormat, ...] = ()

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    async def send(self, message: Notification) -> SendResult:
        """Send the alerts; returns when the broker has acknowledged all of them."""
        headers = [(MESSAGE_ID_HEADER, message.id.encode())]
        key = message.subscription.id.encode()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                await self._check_topic()
                sent = [
                    await self._producer.send(self._topic, encode(alert), key=key, headers=headers)
                    for alert in message.alerts
                ]
                await asyncio.gather(*sent)
        except TimeoutError:
            return self._retry("no acknowledgment in 15 s; check the broker")
        except UnknownTopicOrPartitionError:
            return self._retry("does not exist; create it on the broker, or change channels.toml")
        except MessageSizeTooLargeError as error:  # the same record would be too large again
            detail = f"topic {self._topic}: {describe_error(error)}"
            return SendResult(verdict=SendStatus.REFUSED, detail=detail)
        except KafkaError as error:
            return self._retry(describe_error(error))
        return ACCEPTED

    async def _check_topic(self) -> None:
        """Ask the broker for the topic, unless the producer knows it already.

        The producer itself would ask every 100 ms for 40 s and log each time that the topic is
        missing. A broker that creates topics automatically creates the topic on this request.

        Raises:
            KafkaError: If the topic does not exist or may not be used.
        """
        client = self._producer.client
        if client.cluster.partitions_for_topic(self._topic) is not None:
            return
        response = await client.send(client.get_random_node(), MetadataRequest([self._topic]))
        [(code, *_)] = response.topics
        error = for_code(code)
        if error is not NoError:
            raise error

    def _retry(self, problem: str) -> SendResult:
        return SendResult(verdict=SendStatus.RETRY, detail=f"topic {self._topic}: {problem}")
