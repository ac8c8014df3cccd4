"""Brokers that speak as much of Kafka's protocol as it takes to accept or refuse a connection."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from streams.settings import Settings
from tests.support.certificates import Certificates

LOGIN: dict[str, Any] = {"sasl_username": "news", "sasl_password": "correct horse"}

REFUSAL = b"Authentication failed: Invalid username or password"

API_VERSIONS = struct.pack(">hi9h", 0, 3, 3, 0, 0, 17, 0, 1, 36, 0, 0)
"""Response with versions of Metadata, SaslHandshake and SaslAuthenticate."""

REFUSING = {
    18: API_VERSIONS,
    17: struct.pack(">hih", 0, 1, 5) + b"PLAIN",  # SaslHandshake: mechanisms
    36: struct.pack(">hh", 58, len(REFUSAL)) + REFUSAL + struct.pack(">i", 0),
}
"""Responses of a broker that refuses every login, by API key (Kafka protocol guide)."""

TOKEN_REFUSING = {
    18: API_VERSIONS,
    17: struct.pack(">hih", 0, 1, 11) + b"OAUTHBEARER",
    # A refused token is a successful answer with a reason; the next request is refused.
    36: struct.pack(">hhi", 0, -1, 26) + b'{"status":"invalid_token"}',
}
"""Responses of a broker that refuses every token; it closes the connection at other requests."""


def metadata(port: int) -> bytes:
    """Return a response to Metadata: this broker, and no topics."""
    return struct.pack(">iih9sii", 1, 1, 9, b"127.0.0.1", port, 0)


@asynccontextmanager
async def serving(
    responses: Callable[[int], dict[int, bytes]], *, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Run a broker that answers by API key, and closes the connection where it has no answer.

    Args:
        responses: Returns the responses of a broker on a port.
        context: Its TLS settings. Defaults to plain text.

    Yields:
        The port.
    """
    connections = set()

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.current_task())
        try:
            while head := await reader.read(4):
                (length,) = struct.unpack(">i", head)
                if not 0 < length < 2**20:
                    break  # not Kafka's protocol
                request = await reader.readexactly(length)
                known = responses(port)
                key = int.from_bytes(request[:2], "big")
                if key not in known:
                    break
                body = request[4:8] + known[key]
                writer.write(struct.pack(">i", len(body)) + body)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0, ssl=context)
    port: int = server.sockets[0].getsockname()[1]
    async with server:
        yield port
    await asyncio.gather(*filter(None, connections))


@asynccontextmanager
async def refusing_broker() -> AsyncIterator[Settings]:
    """Run a broker that refuses every login; yield the settings of its client."""
    async with serving(lambda _: REFUSING) as port:
        yield Settings(
            broker=f"127.0.0.1:{port}",
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            **LOGIN,
        )


@asynccontextmanager
async def answering_broker() -> AsyncIterator[int]:
    """Run a broker that answers in plain text; yield its port."""
    async with serving(lambda port: {18: API_VERSIONS, 3: metadata(port)}) as port:
        yield port


@asynccontextmanager
async def tls_broker(certificates: Certificates) -> AsyncIterator[int]:
    """Run a broker that asks for a client certificate; yield its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server)
    context.load_verify_locations(certificates.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    answers = {18: API_VERSIONS}
    async with serving(lambda port: answers | {3: metadata(port)}, context=context) as port:
        yield port
