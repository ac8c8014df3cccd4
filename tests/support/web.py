"""A real web server on loopback that plays what a test writes down for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Reply = bytes | Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """What was asked: path with query, and headers in lower case."""

    path: str
    headers: dict[str, str]


@dataclass
class Web:
    """What the server answers, and what it was asked.

    Attributes:
        replies: By path: a whole answer as bytes, or a function that writes one.
        requests: In the order they came.
        base: Its own URL, without a slash at the end.
        most: The most requests that were open at a time.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    base: str = ""
    most: int = 0
    now: int = 0

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [request.path for request in self.requests]


def http(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    """Write an answer; ``content_type="text/html"`` is a header."""
    lines = {"connection": "close", "content-length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


@asynccontextmanager
async def web(host: str = "127.0.0.1") -> AsyncIterator[Web]:
    """Start a server on a free port; what it is not told to answer is 404."""
    place = Web()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place.now += 1
        place.most = max(place.most, place.now)
        try:
            await _answer(place, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            place.now -= 1
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, host, 0)
    place.base = f"http://{host}:{server.sockets[0].getsockname()[1]}"
    try:
        yield place
    finally:
        server.close()
        await server.wait_closed()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks)


async def _answer(place: Web, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    request = Request(head[0].split(" ")[1], headers)
    place.requests.append(request)
    reply = place.replies.get(request.path, http(status="404 Not Found"))
    if isinstance(reply, bytes):
        writer.write(reply)
        await writer.drain()
    else:
        await reply(request, writer)
