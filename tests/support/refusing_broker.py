"""A broker that speaks as much of Kafka's protocol as it takes to refuse a login."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from streams.settings import Settings

LOGIN: dict[str, Any] = {"sasl_username": "news", "sasl_password": "correct horse"}

REFUSAL = b"Authentication failed: Invalid username or password"

RESPONSES = {
    18: struct.pack(">hi6h", 0, 2, 17, 0, 1, 36, 0, 0),  # ApiVersions: SaslHandshake, -Authenticate
    17: struct.pack(">hih", 0, 1, 5) + b"PLAIN",  # SaslHandshake: mechanisms
    36: struct.pack(">hh", 58, len(REFUSAL)) + REFUSAL + struct.pack(">i", 0),
}
"""Responses of a broker that refuses every login, by API key (Kafka protocol guide)."""


@asynccontextmanager
async def refusing_broker() -> AsyncIterator[Settings]:
    """Run a broker that refuses every login; yield the settings of its client."""
    connections = set()

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.current_task())
        while head := await reader.read(4):
            request = await reader.readexactly(*struct.unpack(">i", head))
            body = request[4:8] + RESPONSES[int.from_bytes(request[:2], "big")]
            writer.write(struct.pack(">i", len(body)) + body)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    async with server:
        yield Settings(
            broker=f"127.0.0.1:{server.sockets[0].getsockname()[1]}",
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            **LOGIN,
        )
    await asyncio.gather(*filter(None, connections))
