"""Limit the requests in progress, by client address and in total; answer HEAD where GET is."""

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from streams.serve.public_url import Network, is_trusted
from streams.serve.shares import AT_END

MAX_REQUESTS: Final = 900
"""Requests in progress, streams included. `connections.MAX_CONNECTIONS` leaves room for more heads:
one in progress is no reason to leave ``/health`` without an answer."""

MAX_OF_ADDRESS: Final = 600
"""Requests in progress of one address: all streams that the server allows, and some pushes."""

STATUS_PATHS: Final = frozenset({"/health", "/metrics"})
"""Always answered: a supervisor that gets no answer kills the process."""

RETRY_SECONDS: Final = 5

_IPV6_PREFIX: Final = 64
"""Prefix length of one subscriber's network (RFC 6177): its addresses count as one."""


class RequestLimits:
    """An ASGI application around another one.

    - A request with Content-Length and Transfer-Encoding is refused, and its connection closed.
    - Above the limits, requests get 503.
    - HEAD is answered as GET, without the body.
    - Functions that a handler has registered are called at the end of its response.

    Args:
        app: The application.
        trusted: Networks of proxies, whose ``X-Forwarded-For`` is believed.
        max_requests: Requests in progress.
        max_of_address: Requests in progress of one address.

    References:
        RFC 9112, section 6.1 (a message with both headers may be request smuggling; the server
        may reject it and has to close the connection). RFC 9110, section 9.3.2 (HEAD).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        trusted: tuple[Network, ...] = (),
        max_requests: int = MAX_REQUESTS,
        max_of_address: int = MAX_OF_ADDRESS,
    ) -> None:
        self._app = app
        self._trusted = trusted
        self._max_requests = max_requests
        self._max_of_address = max_of_address
        self._n_open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        if _is_ambiguous(scope["headers"]):
            detail = "Content-Length and Transfer-Encoding: send one of them"
            await _refuse(send, 400, detail, [(b"connection", b"close")])
            return
        address = client_network(scope.get("client"), scope["headers"], self._trusted)
        if scope["path"] not in STATUS_PATHS and self._is_full(address):
            detail = "too many requests in progress; retry"
            await _refuse(send, 503, detail, [(b"retry-after", str(RETRY_SECONDS).encode())])
            return
        self._n_open[address] += 1
        try:
            with ExitStack() as stack:
                scope.setdefault("state", {})[AT_END] = stack.callback
                if scope["method"] == "HEAD":
                    await _answer_head(self._app, scope, receive, send)
                else:
                    await self._app(scope, receive, send)
        finally:
            self._n_open[address] -= 1
            if not self._n_open[address]:
                del self._n_open[address]

    def _is_full(self, address: str) -> bool:
        return (
            self._n_open[address] >= self._max_of_address
            or self._n_open.total() >= self._max_requests
        )


def client_network(
    client: Any, headers: Iterable[tuple[bytes, bytes]], trusted: tuple[Network, ...]
) -> str:
    """Return the address of a client, or its network with IPv6, as far as it is known.

    Args:
        client: Host and port of the other end of the connection; None if unknown.
        headers: Headers with names in lower case.
        trusted: Networks of proxies: of those, the last ``X-Forwarded-For`` is the client.

    Examples:
        >>> client_network(("2001:db8::7", 5000), [], ())
        '2001:db8::/64'
        >>> headers = [(b"x-forwarded-for", b"192.0.2.9, 198.51.100.1")]
        >>> client_network(("127.0.0.1", 5000), headers, (ip_network("127.0.0.1"),))
        '198.51.100.1'
    """
    host = str(client[0]) if client else ""
    if trusted and is_trusted(host, trusted):
        given = [value for name, value in headers if name == b"x-forwarded-for"]
        host = given[-1].decode("latin-1").rpartition(",")[2].strip() if given else host
    return network_of(host)


def network_of(host: str) -> str:
    """Return an IPv4 address unchanged, and the network of an IPv6 address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:100]
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


def _is_ambiguous(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return {b"content-length", b"transfer-encoding"} <= {name.lower() for name, _ in headers}


async def _answer_head(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as GET until the head of the response is sent; then the client has left."""
    is_answered = False

    async def send_head(message: Message) -> None:
        nonlocal is_answered
        if message["type"] == "http.response.start" and not is_answered:
            is_answered = True
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def receive_until_answered() -> Any:
        return {"type": "http.disconnect"} if is_answered else await receive()

    await app({**scope, "method": "GET"}, receive_until_answered, send_head)  # type: ignore[arg-type]  # still the scope of a request


async def _refuse(send: Send, status: int, detail: str, headers: list[tuple[bytes, bytes]]) -> None:
    body = msgspec.json.encode(
        {"status": status, "title": HTTPStatus(status).phrase, "detail": detail}
    )
    kind = (b"content-type", b"application/problem+json")
    size = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [kind, size, *headers]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
