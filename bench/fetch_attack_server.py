"""A server that attacks its clients: it plays one script per path, and counts the bytes taken."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[], Iterable[bytes | float]]
"""What is sent: pieces, and seconds to wait between them."""


@dataclass
class Attacker:
    """The attacking server.

    Attributes:
        scripts: Scripts by path.
        base: URL of the server, without a slash at the end.
        sent: Bytes taken by clients, by path.
        asked: Number of requests, by path.
    """

    scripts: dict[str, Script] = field(default_factory=dict)
    base: str = ""
    sent: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    async def play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)
        path = head[1].decode("latin-1").partition("?")[0]
        self.asked[path] += 1
        name = path.split("/")[1]
        for piece in self.scripts.get(name, missing)():
            if isinstance(piece, float):
                await asyncio.sleep(piece)
                continue
            writer.write(piece)
            await writer.drain()
            self.sent[name] += len(piece)


def missing() -> Iterator[bytes]:
    """Answer 404."""
    yield b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@asynccontextmanager
async def attacker(host: str = "127.0.0.1") -> AsyncIterator[Attacker]:
    """Start an attacking server on a free port."""
    one = Attacker()
    tasks: set[asyncio.Task[None]] = set()
    ignored = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(*ignored):
                await one.play(reader, writer)
        finally:
            writer.close()
            with suppress(*ignored):
                await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, host, 0)
    one.base = f"http://{host}:{server.sockets[0].getsockname()[1]}"
    try:
        yield one
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
