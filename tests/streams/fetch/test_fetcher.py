import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from streams.fetch.credentials import Credentials
from streams.fetch.failure import Failure
from streams.fetch.fetcher import Fetched, Fetcher, FetchProblem, Limits, fetcher
from streams.fetch.politeness import HostLimiter
from tests.support.waiting import eventually
from tests.support.web import Request, Web, http, web

LIMITS = Limits(
    max_bytes=2_000_000, total=timedelta(seconds=1), idle=timedelta(seconds=0.3), max_redirects=3
)
LOOPBACK = frozenset({"127.0.0.1"})


def hosts() -> HostLimiter:
    """Return limits without a delay."""
    return HostLimiter(least_delay=timedelta(0))


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A server on loopback."""
    async with web() as place:
        yield place


@pytest.fixture
async def fetch() -> AsyncIterator[Fetcher]:
    """A fetcher that allows loopback."""
    async with fetcher(
        contact="https://desk.test/", allowed=LOOPBACK, limits=LIMITS, hosts=hosts()
    ) as opened:
        yield opened


class FakeResolver(AbstractResolver):
    """Resolves names to the given addresses in turn; the last one is repeated."""

    def __init__(self, **names: list[str]) -> None:
        self.names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        addresses = self.names[host.split(".", maxsplit=1)[0]]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing to close."""


async def fetch_page(fetch: Fetcher, url: str) -> Fetched:
    """Fetch a URL that must succeed."""
    response = await fetch.fetch(url)
    assert isinstance(response, Fetched), response
    return response


async def fetch_problem(fetch: Fetcher, url: str) -> FetchProblem:
    """Fetch a URL that must fail."""
    response = await fetch.fetch(url)
    assert isinstance(response, FetchProblem), response
    return response


async def test_fetch_returns_body_and_headers(site: Web, fetch: Fetcher) -> None:
    kind = 'Text/HTML; charset="ISO-8859-1"'
    site.replies["/a"] = http(b"Rain", content_type=kind, etag='"1"')

    response = await fetch_page(fetch, site.base + "/a")

    assert (response.status, response.body, response.moved_to) == (200, b"Rain", "")
    assert (response.content_type, response.charset) == ("text/html", "ISO-8859-1")
    assert response.headers["etag"] == '"1"'


async def test_fetch_sends_user_agent_and_no_cookies(site: Web, fetch: Fetcher) -> None:
    site.replies["/a"] = http(b"Rain", set_cookie="id=7")

    await fetch.fetch(site.base + "/a")
    await fetch.fetch(site.base + "/a", headers={"If-None-Match": '"1"'})

    sent = site.requests[1].headers
    assert sent["user-agent"].startswith("news-streams/")
    assert sent["user-agent"].endswith("(+https://desk.test/)")
    assert sent["if-none-match"] == '"1"'
    assert "cookie" not in sent


async def test_fetch_returns_not_modified_without_body(site: Web, fetch: Fetcher) -> None:
    site.replies["/a"] = http(status="304 Not Modified", etag='"2"')

    response = await fetch_page(fetch, site.base + "/a")

    assert (response.status, response.body, response.headers["etag"]) == (304, b"", '"2"')


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"Rain" * 99, mtime=0)),
        ("gzip", gzip.compress(b"Rain" * 50, mtime=0) + gzip.compress(b"Rain" * 49, mtime=0)),
        ("deflate", zlib.compress(b"Rain" * 99)),
        ("deflate", zlib.compress(b"Rain" * 99, wbits=-15)),
    ],
)
async def test_fetch_decompresses_body(
    site: Web, fetch: Fetcher, encoding: str, body: bytes
) -> None:
    site.replies["/a"] = http(body, content_encoding=encoding)

    assert (await fetch_page(fetch, site.base + "/a")).body == b"Rain" * 99


@pytest.mark.parametrize(
    ("statuses", "is_stored"),
    [(["301", "308"], True), (["301", "302"], False), (["307"], False), (["308"], True)],
)
async def test_moved_to_is_set_after_permanent_redirects_only(
    site: Web, fetch: Fetcher, statuses: list[str], *, is_stored: bool
) -> None:
    for number, status in enumerate(statuses):
        site.replies[f"/{number}"] = http(status=f"{status} Moved", location=f"/{number + 1}")
    end = f"/{len(statuses)}"
    site.replies[end] = http(b"Rain")

    response = await fetch_page(fetch, site.base + "/0")

    assert response.url == site.base + end
    assert response.moved_to == (response.url if is_stored else "")


STATUSES = [
    ("404 Not Found", Failure.HARD, 0),
    ("410 Gone", Failure.GONE, 0),
    ("429 Too Many Requests", Failure.TEMPORARY, 120),
    ("503 Service Unavailable", Failure.TEMPORARY, 120),
    ("500 Oops", Failure.TEMPORARY, 0),
]


@pytest.mark.parametrize(("status", "failure", "seconds"), STATUSES)
async def test_fetch_classifies_error_status(
    site: Web, fetch: Fetcher, status: str, failure: Failure, seconds: int
) -> None:
    site.replies["/a"] = http(status=status, retry_after=str(seconds))

    problem = await fetch_problem(fetch, site.base + "/a")

    assert (problem.failure, problem.status) == (failure, int(status[:3]))
    assert problem.retry_after == timedelta(seconds=seconds)


async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
    """Send a byte at intervals, without end."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)  # part of the simulated server


async def silence(_: Request, __: asyncio.StreamWriter) -> None:
    """Send nothing until the server stops."""
    await asyncio.Event().wait()


async def flood(_: Request, writer: asyncio.StreamWriter) -> None:
    """Send without end and without a Content-Length."""
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x" * 65536)
        await writer.drain()


async def endless_headers(_: Request, writer: asyncio.StreamWriter) -> None:
    """Send headers without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"x: " + b"y" * 4096 + b"\r\n")
        await writer.drain()


BOMB = gzip.compress(bytes(20_000_000), mtime=0)
TWICE = gzip.compress(BOMB, mtime=0)
ATTACKS = [
    ("gzip bomb", http(BOMB, content_encoding="gzip"), "decompress"),
    (
        "bomb in small bodies",
        http(gzip.compress(bytes(1_500_000), mtime=0), content_encoding="gzip"),
        "100",
    ),
    ("empty members", http(gzip.compress(b"", mtime=0) * 999, content_encoding="gzip"), "members"),
    ("announced size", http(b"", content_length="999999999"), "999999999 bytes, more than"),
    ("endless body", flood, "more than 2000000 bytes"),
    ("endless headers", endless_headers, ""),
    ("slow drip", drip, "timed out"),
    ("silence", silence, "timed out"),
    ("unknown packing", http(b"\x00", content_encoding="compress"), "is not supported"),
    ("corrupt packing", http(b"\x00no gzip at all", content_encoding="gzip"), "corrupt gzip"),
    ("cut off", http(b"x", content_length="99"), "invalid response"),
    ("no HTTP", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "invalid response"),
    ("redirect loop", http(status="302 Found", location="/a"), "more than 3 redirects"),
    ("redirect to a file", http(status="302 Found", location="file:///etc/passwd"), "neither"),
    ("redirect to nowhere", http(status="302 Found"), "without a Location"),
    (
        "redirect inside",
        http(status="302 Found", location="http://10.0.0.1/"),
        "not a public address",
    ),
    (
        "redirect to metadata",
        http(status="301 Moved", location="http://169.254.169.254/latest/"),
        "not a public address",
    ),
    (
        "redirect by number",
        http(status="302 Found", location="http://2130706433/"),
        "neither a host name nor a canonical address",
    ),
    (
        "redirect to IPv6",
        http(status="302 Found", location="http://[::1]/"),
        "not a public address",
    ),
    (
        "redirect by name",
        http(status="302 Found", location="http://localhost/"),
        "not a public address",
    ),
]


@pytest.mark.parametrize(
    ("reply", "detail"), [attack[1:] for attack in ATTACKS], ids=[attack[0] for attack in ATTACKS]
)
async def test_fetch_stops_attack(site: Web, fetch: Fetcher, reply: bytes, detail: str) -> None:
    site.replies["/a"] = reply

    problem = await fetch_problem(fetch, site.base + "/a")

    assert detail in problem.detail


async def test_fetch_stops_bomb_within_gzip(site: Web, fetch: Fetcher) -> None:
    site.replies["/a"] = http(TWICE, content_encoding="gzip")

    problem = await fetch.fetch(site.base + "/a")

    assert isinstance(problem, FetchProblem)
    assert "decompress" in problem.detail


async def test_fetch_keeps_start_of_large_body(site: Web, fetch: Fetcher) -> None:
    site.replies["/a"] = http(b"x" * 3000)

    page = await fetch.fetch(site.base + "/a", max_bytes=1000, keeps_start=True)

    assert isinstance(page, Fetched)
    assert (page.body, page.is_cut) == (b"x" * 1000, True)


PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  # an address to refuse
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::7f00:1",
    "fec0::1",
    "64:ff9b:1::7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_fetch_refuses_name_with_private_address(address: str) -> None:
    async with fetcher(
        resolver=FakeResolver(evil=[address]), limits=LIMITS, hosts=hosts()
    ) as fetch:
        problem = await fetch_problem(fetch, "http://evil.test/")

    assert problem.failure is Failure.HARD
    assert "not a public address" in problem.detail


@pytest.mark.parametrize("address", PRIVATE)
async def test_fetch_refuses_literal_private_address(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    async with fetcher(limits=LIMITS, hosts=hosts()) as fetch:
        problem = await fetch_problem(fetch, f"http://{host}/")

    assert "not a public address" in problem.detail


async def test_fetch_connects_to_checked_address(site: Web) -> None:
    # A second resolution between check and connection would return another address.
    site.replies["/a"] = http(b"Rain")
    names = FakeResolver(rebinding=["127.0.0.1", "10.0.0.1"])
    port = site.base.rsplit(":", maxsplit=1)[-1]
    allowed = frozenset({"rebinding.test"})
    async with fetcher(allowed=allowed, resolver=names, limits=LIMITS, hosts=hosts()) as fetch:
        response = await fetch_page(fetch, f"http://rebinding.test:{port}/a")

    assert response.body == b"Rain"
    assert names.names["rebinding"] == ["10.0.0.1"]


async def test_fetch_allows_private_address_of_allowed_host(site: Web) -> None:
    site.replies["/a"] = http(b"Rain")
    port = site.base.rpartition(":")[2]
    allowed = frozenset({"intranet.test"})
    names = FakeResolver(intranet=["127.0.0.1"], evil=["127.0.0.1"])
    async with fetcher(allowed=allowed, resolver=names, limits=LIMITS, hosts=hosts()) as fetch:
        response = await fetch_page(fetch, f"http://intranet.test:{port}/a")
        problem = await fetch_problem(fetch, f"http://evil.test:{port}/a")

    assert response.body == b"Rain"
    assert "not a public address" in problem.detail


@pytest.mark.parametrize(
    "url", ["", "news", "ftp://news.test/", "http://", "http://[", "http://a" + "b" * 9000, "//x"]
)
async def test_fetch_refuses_invalid_url(fetch: Fetcher, url: str) -> None:
    assert (await fetch_problem(fetch, url)).failure is Failure.HARD


async def test_fetch_of_closed_port_fails_temporarily(site: Web, fetch: Fetcher) -> None:
    async with web() as other:
        gone = other.base

    assert (await fetch_problem(fetch, gone + "/a")).failure is Failure.TEMPORARY
    assert site.requests == []


async def test_fetch_limits_requests_per_host(site: Web) -> None:
    may_respond = asyncio.Event()

    async def slow(_: Request, writer: asyncio.StreamWriter) -> None:
        await may_respond.wait()
        writer.write(http(b"Rain"))

    site.replies["/a"] = slow
    turns = HostLimiter(concurrency=2, least_delay=timedelta(0))
    async with (
        web("127.0.0.2") as other,
        fetcher(allowed=LOOPBACK | {"127.0.0.2"}, limits=LIMITS, hosts=turns) as fetch,
    ):
        fetches = [asyncio.ensure_future(fetch.fetch(site.base + "/a")) for _ in range(6)]
        await eventually(lambda: site.now == 2)
        # A later request to another host is answered, so no third request is in progress.
        await fetch.fetch(other.base + "/b")
        may_respond.set()
        await asyncio.gather(*fetches)

    assert (len(site.requests), site.most) == (6, 2)


async def test_fetch_asks_before_following_redirect(site: Web, fetch: Fetcher) -> None:
    asked = []

    async def may_follow(url: str) -> bool:
        asked.append(url)
        return not url.endswith("/private")

    site.replies |= {
        "/a": http(status="302 Found", location="/b"),
        "/b": http(status="302 Found", location="/private"),
        "/private": http(b"secret"),
    }

    problem = await fetch.fetch(site.base + "/a", may_follow=may_follow)

    assert isinstance(problem, FetchProblem)
    assert (problem.failure, "robots.txt" in problem.detail) == (Failure.HARD, True)
    assert asked == [site.base + "/b", site.base + "/private"]
    assert site.paths == ["/a", "/b"]


async def test_fetch_joins_link_headers(site: Web, fetch: Fetcher) -> None:
    head = b'HTTP/1.1 200 OK\r\nlink: <https://hub.test/>; rel=hub\r\nLink: </rss>; rel="self"\r\n'
    site.replies["/a"] = head + b"content-length: 0\r\n\r\n"

    response = await fetch_page(fetch, site.base + "/a")

    assert response.headers["link"] == '<https://hub.test/>; rel=hub, </rss>; rel="self"'


@pytest.mark.parametrize(("status", "posted"), [("307 Temporary", 2), ("308 Permanent", 2)])
async def test_post_repeats_form_after_307_and_308(
    site: Web, fetch: Fetcher, status: str, posted: int
) -> None:
    site.replies |= {"/hub": http(status=status, location="/other"), "/other": http(b"ok")}

    response = await fetch.post(site.base + "/hub", {"hub.mode": "subscribe"})

    assert isinstance(response, Fetched)
    assert [request.headers["content-type"] for request in site.requests] == [
        "application/x-www-form-urlencoded"
    ] * posted


@pytest.mark.parametrize("status", ["302 Found", "303 See Other"])
async def test_post_does_not_follow_302_and_303(site: Web, fetch: Fetcher, status: str) -> None:
    site.replies |= {"/hub": http(status=status, location="/other"), "/other": http(b"ok")}

    await fetch.post(site.base + "/hub", {"hub.mode": "subscribe"})

    assert site.paths == ["/hub"]


async def test_post_refuses_private_address(fetch: Fetcher) -> None:
    problem = await fetch.post("http://10.0.0.1/", {"hub.mode": "subscribe"})

    assert isinstance(problem, FetchProblem)
    assert "not a public address" in problem.detail


async def test_credentials_are_sent_to_their_origin_only(site: Web, fetch: Fetcher) -> None:
    credentials = Credentials(origin=URL(site.base), name="Authorization", value="Basic eDp5")
    async with web() as other:
        site.replies["/a"] = http(status="302 x", location="/b")
        site.replies["/b"] = http(status="308 x", location=other.base + "/c")
        other.replies["/c"] = http(status="302 x", location=site.base + "/d")
        site.replies["/d"] = http(b"Rain")

        response = await fetch.fetch(site.base + "/a", credentials=credentials)

    assert isinstance(response, Fetched)
    sent = {request.path: request.headers.get("authorization") for request in site.requests}
    assert sent == dict.fromkeys(("/a", "/b", "/d"), "Basic eDp5")
    assert "authorization" not in other.requests[0].headers
