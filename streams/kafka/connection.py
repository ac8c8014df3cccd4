"""From settings to connected aiokafka clients."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.errors import unreachable_error
from streams.records.topics import MIB
from streams.settings import Settings

MAX_REQUEST_BYTES = 9 * MIB
"""The largest record (a dead letter of 8 MiB) and its envelope."""

COMPRESSION = "zstd"
"""aiokafka's lz4 is the slow one, level 9: 64 KB of newswire take 1.0 ms and become 27 KB; zstd
takes .17 ms for 23 KB, snappy .06 ms for 35 KB (bench/RESULTS.md)."""

STOP_WITHIN: Final = timedelta(seconds=10)
"""A client that takes longer to disconnect waits for a broker that hangs; some ms are usual."""


def physical_name(settings: Settings, topic: str) -> str:
    """Spell a topic as Kafka knows it: with the prefix of these settings."""
    return settings.topic_prefix + topic


def logical_name(settings: Settings, topic: str) -> str:
    """Spell a topic as the registry knows it: without the prefix."""
    return topic.removeprefix(settings.topic_prefix)


def connection_options(settings: Settings) -> dict[str, Any]:
    """Give the arguments by which any aiokafka client reaches the broker.

    Raises:
        BrokerError: If no broker is set; the message says how to start one.
    """
    if not settings.broker:
        raise BrokerError(
            "no broker: start one with `streams broker start`, or set NEWS_BROKER=host:port"
        )
    options: dict[str, Any] = {
        "bootstrap_servers": settings.broker,
        "security_protocol": settings.security_protocol,
    }
    if "SSL" in settings.security_protocol:
        options["ssl_context"] = ssl.create_default_context(
            cafile=str(settings.ssl_cafile) if settings.ssl_cafile else None
        )
    if "SASL" in settings.security_protocol:
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return options


Client = TypeVar("Client", AIOKafkaProducer, AIOKafkaConsumer)


class _Connected(Generic[Client]):
    """Connects a client for a body; a class for the reason of `streams.kafka.errors`."""

    def __init__(self, made: Callable[[], Client], settings: Settings) -> None:
        self._made = made
        self._settings = settings
        self._client: Client | None = None

    async def __aenter__(self) -> Client:
        self._client = self._made()
        await _start(self._client, self._settings)
        return self._client

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._client is not None:
            await _stop(self._client)


def producer(settings: Settings) -> AbstractAsyncContextManager[AIOKafkaProducer]:
    """Connect a producer that waits for all replicas and never sends a record twice by itself.

    Raises:
        BrokerError: If the broker cannot be reached.
    """
    return _Connected(
        lambda: AIOKafkaProducer(
            **connection_options(settings),
            acks="all",
            enable_idempotence=True,
            max_request_size=MAX_REQUEST_BYTES,
            compression_type=COMPRESSION,
            linger_ms=5,
        ),
        settings,
    )


def consumer(
    settings: Settings, *topics: str, group: str | None = None, **options: Any
) -> AbstractAsyncContextManager[AIOKafkaConsumer]:
    """Connect a consumer to topics by their logical names; without a group it commits nothing.

    Raises:
        BrokerError: If the broker cannot be reached.
    """
    return _Connected(
        lambda: AIOKafkaConsumer(
            *(physical_name(settings, topic) for topic in topics),
            **connection_options(settings),
            group_id=None if group is None else settings.topic_prefix + group,
            enable_auto_commit=False,
            max_partition_fetch_bytes=MAX_REQUEST_BYTES,
            **{"auto_offset_reset": "earliest", **options},
        ),
        settings,
    )


async def _start(client: AIOKafkaProducer | AIOKafkaConsumer, settings: Settings) -> None:
    try:
        await client.start()
    except BaseException as error:
        await _stop(client)  # a cancellation leaves connections behind, too
        if not isinstance(error, (KafkaError, OSError)):
            raise
        raise unreachable_error(settings.broker, error) from error


async def _stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Disconnect; a client that does not come to its end is left behind.

    Leaving a group asks the broker, and one that hangs would keep Ctrl-C from ending the program.
    What was sent has been waited for before.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_WITHIN.total_seconds()):
            await client.stop()
