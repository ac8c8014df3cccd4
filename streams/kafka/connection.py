"""Connect aiokafka clients as the settings say."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError

from streams.errors import BrokerError
from streams.kafka.errors import SASL_ERRORS, unreachable_error
from streams.records.topics import MIB
from streams.settings import Settings

MAX_REQUEST_BYTES = 9 * MIB
"""Maximum size of a request: the largest record (a dead letter of 8 MiB) and its envelope."""

COMPRESSION = "zstd"
"""Compression of sent batches. aiokafka compresses lz4 at level 9, which is slow: 64 KB of newswire
take 1.0 ms and become 27 KB; zstd takes .17 ms for 23 KB, snappy .06 ms for 35 KB
(bench/RESULTS.md).
"""

STOP_WITHIN: Final = timedelta(seconds=10)
"""Maximum time to disconnect a client. Disconnecting takes milliseconds unless the broker hangs."""


HANDSHAKE_WITHIN: Final = timedelta(seconds=5)
"""Maximum time to find out why a broker refuses a connection; a login takes milliseconds."""


def physical_name(settings: Settings, topic: str) -> str:
    """Return the name of a topic in Kafka: with the prefix of the settings."""
    return settings.topic_prefix + topic


def logical_name(settings: Settings, topic: str) -> str:
    """Return the name of a topic in the registry: without the prefix."""
    return topic.removeprefix(settings.topic_prefix)


def connection_options(settings: Settings) -> dict[str, Any]:
    """Return the arguments that connect any aiokafka client to the broker.

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
    """Connect a client for the body of ``async with``.

    A class for the reason given in `streams.kafka.errors`.
    """

    def __init__(self, create: Callable[[], Client], settings: Settings) -> None:
        self._create = create
        self._settings = settings
        self._client: Client | None = None

    async def __aenter__(self) -> Client:
        self._client = self._create()
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
    """Connect a producer that waits for all replicas; its own retries never store a record twice.

    Raises:
        BrokerError: If the broker is unreachable.
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
    """Connect a consumer to topics, given by logical name; without a group it commits nothing.

    Raises:
        BrokerError: If the broker is unreachable.
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
        await _stop(client)  # a canceled start leaves connections open, too
        if not isinstance(error, (KafkaError, OSError)):
            raise
        cause = await connection_error(settings, error)
        raise unreachable_error(settings.broker, cause) from cause


async def connection_error(settings: Settings, error: KafkaError | OSError) -> KafkaError | OSError:
    """Return the reason why a client could not connect.

    aiokafka only logs why a broker refuses TLS or a login, and raises that it found no broker. So
    with TLS or a login this connects once more.

    Args:
        settings: Settings with a broker.
        error: The error of the client; returned if another connection fails without a reason.
    """
    if not isinstance(error, KafkaConnectionError) or settings.security_protocol == "PLAINTEXT":
        return error
    options = connection_options(settings)
    host, port, _ = collect_hosts(options.pop("bootstrap_servers"))[0]
    timeout_ms = int(HANDSHAKE_WITHIN.total_seconds() * 1000)
    try:
        async with asyncio.timeout(HANDSHAKE_WITHIN.total_seconds()):
            (await create_conn(host, port, request_timeout_ms=timeout_ms, **options)).close()
    except SASL_ERRORS as refusal:
        return refusal
    except ssl.SSLError as refusal:
        return refusal
    except (KafkaError, OSError):
        return error
    return error


async def _stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Disconnect a client; abandon it if it does not stop in time.

    Leaving a group sends a request to the broker, and a broker that hangs would keep Ctrl-C from
    ending the program. All records sent have been waited for before.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_WITHIN.total_seconds()):
            await client.stop()
