"""Kafka's errors in, ours out: said in one sentence, with what we were doing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.errors import KafkaError

from streams.errors import BrokerError


@asynccontextmanager
async def kafka_trouble(doing: str) -> AsyncIterator[None]:
    """Turn an error of Kafka's in the body into ours.

    Args:
        doing: What the body does: ``reading articles.raw.v1``.

    Raises:
        BrokerError: If the body raises an error of Kafka's.
    """
    try:
        yield
    except KafkaError as error:
        raise BrokerError(f"{doing}: {error!r}") from error
