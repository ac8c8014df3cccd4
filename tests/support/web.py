"""A web server on loopback whose responses tests define."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Reply = bytes | Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """A request: path with query, and headers by lower-case name."""

    path: str
    headers: dict[str, str]


@dataclass
class Web:
    """The responses of a server, and the requests that it received.

    Attributes:
        replies: Responses by path: bytes, or a function that writes a response.
        requests: Requests in the order of arrival.
        base: URL of the server, without a slash at the end.
        most: Largest number of requests that were open at a time.
        now: Number of requests that are open.
    """

    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    base: str = ""
    most: int = 0
    now: int = 0

    @property
    def paths(self) -> list[str]:
        """The paths of the requests."""
        return [request.path for request in self.requests]


def http(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    """Return a response; keywords such as ``content_type="text/html"`` are headers."""
    lines = {"connection": "close", "content-length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


@asynccontextmanager
async def web(host: str = "127.0.0.1") -> AsyncIterator[Web]:
    """Open a server on a free port; it responds with 404 to paths without a reply."""
    site = Web()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site.now += 1
        site.most = max(site.most, site.now)
        try:
            await _answer(site, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            site.now -= 1
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, host, 0)
    site.base = f"http://{host}:{server.sockets[0].getsockname()[1]}"
    try:
        yield site
    finally:
        server.close()
        await server.wait_closed()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks)


async def _answer(site: Web, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    request = Request(head[0].split(" ")[1], headers)
    site.requests.append(request)
    reply = site.replies.get(request.path, http(status="404 Not Found"))
    if isinstance(reply, bytes):
        writer.write(reply)
        await writer.drain()
    else:
        await reply(request, writer)
