"""Connect aiokafka clients as the settings say."""

import asyncio
import ssl
import struct
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from streams.errors import BrokerError
from streams.kafka.assignor import RejoinAssignor
from streams.kafka.bound_positions import bind_positions
from streams.kafka.errors import (
    SASL_ERRORS,
    ClosedConnectionError,
    ProtocolMismatchError,
    unreachable_error,
)
from streams.kafka.header_names import read_header_names_leniently
from streams.kafka.security import OAUTHBEARER, TokenError, security_options
from streams.records.topics import MIB
from streams.settings import Settings

read_header_names_leniently()

MAX_REQUEST_BYTES = 9 * MIB
"""Maximum size of a request: the largest record (a dead letter of 8 MiB) and its envelope."""

COMPRESSION = "zstd"
"""Compression of sent batches. aiokafka compresses lz4 at level 9, which is slow: 64 KB of newswire
take 1.0 ms and become 27 KB; zstd takes .17 ms for 23 KB, snappy .06 ms for 35 KB
(bench/RESULTS.md).
"""

STOP_WITHIN: Final = timedelta(seconds=10)
"""Maximum time to disconnect a client. Disconnecting takes milliseconds unless the broker hangs."""


READ_COMMITTED: Final = "read_committed"
"""Isolation of every consumer: records of aborted transactions are not read. Another program may
write to `articles.raw.v1` in transactions, as Kafka Connect, Flink and Debezium do.
"""

TLS_ALERT: Final = b"\x15"
"""First byte of the answer of a TLS server to what is not TLS (RFC 8446, section 5.1)."""

API_VERSIONS: Final = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""Kafka's request ApiVersions, version 0, which every broker answers: length, key, version,
correlation id, no client id."""

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
        SettingsError: If the settings of TLS or login cannot be used.
    """
    if not settings.broker:
        raise BrokerError(
            "no broker: start one with `streams broker start`, or set NEWS_BROKER=host:port"
        )
    return {"bootstrap_servers": settings.broker, **security_options(settings)}


def metadata_max_age_ms(settings: Settings) -> int:
    """Return how old a client's view of the topics may be, milliseconds.

    Partitions that are added to a topic are noticed within this time. Kafka's default of 5 minutes
    is made for clusters with thousands of clients.
    """
    return int(1000 * settings.partition_check_seconds)


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
        if getattr(self._client, "_group_id", None) is not None:  # a consumer with a group
            bind_positions(self._client)
        return self._client

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._client is not None:
            await _stop(self._client)


def producer(
    settings: Settings, *, transactional_id: str | None = None
) -> AbstractAsyncContextManager[AIOKafkaProducer]:
    """Connect a producer that waits for all replicas; its own retries never store a record twice.

    Args:
        settings: Settings with a broker.
        transactional_id: Name under which it writes in transactions; a later producer of the
            same name ends the transactions of this one. Defaults to no transactions.

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
            metadata_max_age_ms=metadata_max_age_ms(settings),
            transactional_id=transactional_id,
        ),
        settings,
    )


def consumer(
    settings: Settings, *topics: str, group: str | None = None, **options: Any
) -> AbstractAsyncContextManager[AIOKafkaConsumer]:
    """Connect a consumer to topics, given by logical name; without a group it commits nothing.

    It reads committed records only (`READ_COMMITTED`), and notices added partitions soon
    (`metadata_max_age_ms`). The members of a group share partitions by `RejoinAssignor`, and their
    positions are bound to the topics (`streams.kafka.bound_positions`).

    Raises:
        BrokerError: If the broker is unreachable.
    """
    return _Connected(
        lambda: AIOKafkaConsumer(
            *(physical_name(settings, topic) for topic in topics),
            **connection_options(settings),
            group_id=None if group is None else settings.topic_prefix + group,
            enable_auto_commit=False,
            partition_assignment_strategy=(RejoinAssignor(),),
            max_partition_fetch_bytes=MAX_REQUEST_BYTES,
            **{
                "auto_offset_reset": "earliest",
                "isolation_level": READ_COMMITTED,
                "metadata_max_age_ms": metadata_max_age_ms(settings),
                **options,
            },
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
    this connects once more.

    Args:
        settings: Settings with a broker.
        error: The error of the client; returned if another connection fails without a reason.
    """
    if not isinstance(error, KafkaConnectionError):
        return error
    options = connection_options(settings)
    host, port, _ = collect_hosts(options.pop("bootstrap_servers"))[0]
    try:
        async with asyncio.timeout(HANDSHAKE_WITHIN.total_seconds()):
            return await _refusal(host, port, options) or error
    except TimeoutError as timeout:
        return timeout
    except OSError:
        return error


async def _refusal(host: str, port: int, options: dict[str, Any]) -> KafkaError | OSError | None:
    """Return why a broker refuses a connection; None if it does not answer, or accepts it."""
    try:
        await _log_in(host, port, options)
    except (*SASL_ERRORS, TokenError, ssl.SSLError) as refusal:
        return refusal
    except (TimeoutError, ConnectionRefusedError):
        raise
    except (KafkaError, OSError):
        return await _refusal_of_stream(host, port, options.get("ssl_context"))
    return None


async def _log_in(host: str, port: int, options: dict[str, Any]) -> None:
    """Connect as a client does, and send a first request.

    A broker that refuses a token says so in its answer, which aiokafka does not read, and closes
    the connection at the next request.
    """
    timeout_ms = int(HANDSHAKE_WITHIN.total_seconds() * 1000)
    connection = await create_conn(host, port, request_timeout_ms=timeout_ms, **options)
    try:
        await connection.send(MetadataRequest([]))
    except KafkaError as error:
        if options.get("sasl_mechanism") == OAUTHBEARER:
            raise TokenError("authentication failed: Kafka refuses the token") from error
        raise
    finally:
        connection.close()


async def _refusal_of_stream(
    host: str, port: int, context: ssl.SSLContext | None
) -> KafkaError | ssl.SSLError | None:
    """Return why a server that accepts connections does not speak to us; None if unknown.

    A server that asks for a client certificate refuses after the handshake of TLS 1.3: its reason,
    if it gives one, comes with the first read, which aiokafka does not report.
    """
    try:
        reader, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        return error
    except ConnectionError:
        return None if context is None else ssl.SSLError(1, "the server closes the connection")
    try:
        writer.write(API_VERSIONS)
        answer = await reader.read(64)
    except ssl.SSLError as error:
        return error
    except ConnectionError:
        answer = b""
    finally:
        writer.close()
    if context is not None and not answer:
        return ClosedConnectionError()
    if context is None and (not answer or answer[:1] == TLS_ALERT):
        return ProtocolMismatchError()
    return None


async def check_connection(settings: Settings) -> None:
    """Connect to the broker, log in, and disconnect.

    Raises:
        BrokerRefusalError: If the broker refuses the settings; in one sentence with the remedy.
        BrokerError: If the broker is unreachable.
        SettingsError: If the settings of TLS or login cannot be used.
    """
    client = AIOKafkaClient(**connection_options(settings))
    try:
        await client.bootstrap()
    except (KafkaError, OSError) as error:
        cause = await connection_error(settings, error)
        raise unreachable_error(settings.broker, cause) from cause
    finally:
        await client.close()


async def _stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Disconnect a client; abandon it if it does not stop in time.

    Leaving a group sends a request to the broker, and a broker that hangs would keep Ctrl-C from
    ending the program. All records sent have been waited for before.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_WITHIN.total_seconds()):
            await client.stop()
