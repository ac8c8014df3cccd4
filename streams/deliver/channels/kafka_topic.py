"""Kafka topics of the operator's: each alert as a record, under its subscription."""

import asyncio
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.message import Notification
from streams.deliver.channels.result import ACCEPTED, SendResult, SendStatus
from streams.records import encode

TOTAL_SECONDS: Final = 15.0

MESSAGE_ID_HEADER: Final = "webhook-id"
"""The same as of a webhook: repeats after a crash are recognizable."""


class TopicSender:
    """Sends to one topic."""

    formats: tuple[BodyFormat, ...] = ()

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        """Send through a started producer."""
        self._producer = producer
        self._topic = topic

    async def send(self, message: Notification) -> SendResult:
        """Send the alerts; returns when the broker has them all."""
        headers = [(MESSAGE_ID_HEADER, message.id.encode())]
        key = message.subscription.id.encode()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                sent = [
                    await self._producer.send(self._topic, encode(alert), key=key, headers=headers)
                    for alert in message.alerts
                ]
                await asyncio.gather(*sent)
        except TimeoutError:
            detail = f"topic {self._topic}: no acknowledgement in 15 s; is it there?"
            return SendResult(verdict=SendStatus.RETRY, detail=detail)
        except KafkaError as error:
            detail = f"topic {self._topic}: {type(error).__name__}"
            return SendResult(verdict=SendStatus.RETRY, detail=detail)
        return ACCEPTED
