import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

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
    """Turns without delay."""
    return HostLimiter(least_delay=timedelta(0))


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A server that the fetcher may talk to."""
    async with web() as place:
        yield place


@pytest.fixture
async def fetch() -> AsyncIterator[Fetcher]:
    """A fetcher that may talk to loopback."""
    async with fetcher(
        contact="https://desk.test/", allowed=LOOPBACK, limits=LIMITS, hosts=hosts()
    ) as one:
        yield one


class Names(AbstractResolver):
    """Resolves names as a test says; each address is given once, the last one for ever."""

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


async def fetched(fetch: Fetcher, url: str) -> Fetched:
    """An answer that has to come."""
    answer = await fetch.fetch(url)
    assert isinstance(answer, Fetched), answer
    return answer


async def refused(fetch: Fetcher, url: str) -> FetchProblem:
    """A problem that has to come."""
    answer = await fetch.fetch(url)
    assert isinstance(answer, FetchProblem), answer
    return answer


async def test_a_page_comes_with_what_the_server_says_of_it(site: Web, fetch: Fetcher) -> None:
    kind = 'Text/HTML; charset="ISO-8859-1"'
    site.replies["/a"] = http(b"Rain", content_type=kind, etag='"1"')

    answer = await fetched(fetch, site.base + "/a")

    assert (answer.status, answer.body, answer.moved_to) == (200, b"Rain", "")
    assert (answer.content_type, answer.charset) == ("text/html", "ISO-8859-1")
    assert answer.headers["etag"] == '"1"'


async def test_we_say_who_we_are_and_send_no_cookies_back(site: Web, fetch: Fetcher) -> None:
    site.replies["/a"] = http(b"Rain", set_cookie="id=7")

    await fetch.fetch(site.base + "/a")
    await fetch.fetch(site.base + "/a", headers={"If-None-Match": '"1"'})

    sent = site.requests[1].headers
    assert sent["user-agent"].startswith("news-streams/")
    assert sent["user-agent"].endswith("(+https://desk.test/)")
    assert sent["if-none-match"] == '"1"'
    assert "cookie" not in sent


async def test_an_unchanged_page_has_no_body(site: Web, fetch: Fetcher) -> None:
    site.replies["/a"] = http(status="304 Not Modified", etag='"2"')

    answer = await fetched(fetch, site.base + "/a")

    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", '"2"')


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"Rain" * 99, mtime=0)),
        ("gzip", gzip.compress(b"Rain" * 50, mtime=0) + gzip.compress(b"Rain" * 49, mtime=0)),
        ("deflate", zlib.compress(b"Rain" * 99)),
        ("deflate", zlib.compress(b"Rain" * 99, wbits=-15)),
    ],
)
async def test_bodies_are_unpacked(site: Web, fetch: Fetcher, encoding: str, body: bytes) -> None:
    site.replies["/a"] = http(body, content_encoding=encoding)

    assert (await fetched(fetch, site.base + "/a")).body == b"Rain" * 99


@pytest.mark.parametrize(
    ("statuses", "remembered"),
    [(["301", "308"], True), (["301", "302"], False), (["307"], False), (["308"], True)],
)
async def test_only_permanent_redirects_are_remembered(
    site: Web, fetch: Fetcher, statuses: list[str], *, remembered: bool
) -> None:
    for number, status in enumerate(statuses):
        site.replies[f"/{number}"] = http(status=f"{status} Moved", location=f"/{number + 1}")
    end = f"/{len(statuses)}"
    site.replies[end] = http(b"Rain")

    answer = await fetched(fetch, site.base + "/0")

    assert answer.url == site.base + end
    assert answer.moved_to == (answer.url if remembered else "")


STATUSES = [
    ("404 Not Found", Failure.HARD, 0),
    ("410 Gone", Failure.GONE, 0),
    ("429 Too Many Requests", Failure.TEMPORARY, 120),
    ("503 Service Unavailable", Failure.TEMPORARY, 120),
    ("500 Oops", Failure.TEMPORARY, 0),
]


@pytest.mark.parametrize(("status", "failure", "seconds"), STATUSES)
async def test_failures_are_graded_with_what_the_server_asks_for(
    site: Web, fetch: Fetcher, status: str, failure: Failure, seconds: int
) -> None:
    site.replies["/a"] = http(status=status, retry_after=str(seconds))

    problem = await refused(fetch, site.base + "/a")

    assert (problem.failure, problem.status) == (failure, int(status[:3]))
    assert problem.retry_after == timedelta(seconds=seconds)


async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)  # what is played, not a wait for something


async def silence(_: Request, __: asyncio.StreamWriter) -> None:
    """Send nothing until the server stops."""
    await asyncio.Event().wait()


async def flood(_: Request, writer: asyncio.StreamWriter) -> None:
    """Send without end, and without saying how much."""
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


BOMB = gzip.compress(bytes(20_000_000))
TWICE = gzip.compress(BOMB)
ATTACKS = [
    ("gzip bomb", http(BOMB, content_encoding="gzip"), "unpack"),
    ("bomb in small bodies", http(gzip.compress(bytes(1_500_000)), content_encoding="gzip"), "100"),
    ("empty members", http(gzip.compress(b"") * 999, content_encoding="gzip"), "members"),
    ("announced size", http(b"", content_length="999999999"), "999999999 bytes, more than"),
    ("endless body", flood, "more than 2000000 bytes"),
    ("endless headers", endless_headers, ""),
    ("slow drip", drip, "in time"),
    ("silence", silence, "in time"),
    ("unknown packing", http(b"x", content_encoding="br"), "was not asked for"),
    ("corrupt packing", http(b"no gzip at all", content_encoding="gzip"), "corrupt gzip"),
    ("cut off", http(b"x", content_length="99"), "broken answer"),
    ("no HTTP", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "broken answer"),
    ("redirect loop", http(status="302 Found", location="/a"), "more than 3 redirects"),
    ("redirect to a file", http(status="302 Found", location="file:///etc/passwd"), "neither"),
    ("redirect to nowhere", http(status="302 Found"), "leads nowhere"),
    ("redirect inside", http(status="302 Found", location="http://10.0.0.1/"), "no public"),
    (
        "redirect to metadata",
        http(status="301 Moved", location="http://169.254.169.254/latest/"),
        "no public address",
    ),
    ("redirect by number", http(status="302 Found", location="http://2130706433/"), "no URL"),
    ("redirect to IPv6", http(status="302 Found", location="http://[::1]/"), "no public address"),
    ("redirect by name", http(status="302 Found", location="http://localhost/"), "no public"),
]


@pytest.mark.parametrize(
    ("reply", "detail"), [each[1:] for each in ATTACKS], ids=[each[0] for each in ATTACKS]
)
async def test_no_attack_gets_more_than_its_bound(
    site: Web, fetch: Fetcher, reply: bytes, detail: str
) -> None:
    site.replies["/a"] = reply

    problem = await refused(fetch, site.base + "/a")

    assert detail in problem.detail


async def test_a_body_packed_twice_is_unpacked_once(site: Web, fetch: Fetcher) -> None:
    site.replies["/a"] = http(TWICE, content_encoding="gzip")

    assert len((await fetched(fetch, site.base + "/a")).body) == len(BOMB)


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
async def test_a_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    async with fetcher(resolver=Names(evil=[address]), limits=LIMITS, hosts=hosts()) as fetch:
        problem = await refused(fetch, "http://evil.test/")

    assert problem.failure is Failure.HARD
    assert "no public address" in problem.detail


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_private_address_is_refused_as_it_is(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    async with fetcher(limits=LIMITS, hosts=hosts()) as fetch:
        problem = await refused(fetch, f"http://{host}/")

    assert "no public address" in problem.detail


async def test_a_name_is_looked_up_once_and_connected_to_as_it_was_checked(site: Web) -> None:
    # With a second look-up between check and connection, rebinding would lead elsewhere.
    site.replies["/a"] = http(b"Rain")
    names = Names(rebinding=["127.0.0.1", "10.0.0.1"])
    port = site.base.rsplit(":", maxsplit=1)[-1]
    allowed = frozenset({"rebinding.test"})
    async with fetcher(allowed=allowed, resolver=names, limits=LIMITS, hosts=hosts()) as fetch:
        answer = await fetched(fetch, f"http://rebinding.test:{port}/a")

    assert answer.body == b"Rain"
    assert names.names["rebinding"] == ["10.0.0.1"]


async def test_a_host_that_is_allowed_may_lead_anywhere(site: Web) -> None:
    site.replies["/a"] = http(b"Rain")
    port = site.base.rpartition(":")[2]
    allowed = frozenset({"intranet.test"})
    names = Names(intranet=["127.0.0.1"], evil=["127.0.0.1"])
    async with fetcher(allowed=allowed, resolver=names, limits=LIMITS, hosts=hosts()) as fetch:
        answer = await fetched(fetch, f"http://intranet.test:{port}/a")
        problem = await refused(fetch, f"http://evil.test:{port}/a")

    assert answer.body == b"Rain"
    assert "no public address" in problem.detail


@pytest.mark.parametrize(
    "url", ["", "news", "ftp://news.test/", "http://", "http://[", "http://a" + "b" * 9000, "//x"]
)
async def test_what_is_no_url_is_refused(fetch: Fetcher, url: str) -> None:
    assert (await refused(fetch, url)).failure is Failure.HARD


async def test_nobody_there_is_a_temporary_failure(site: Web, fetch: Fetcher) -> None:
    async with web() as other:
        gone = other.base

    assert (await refused(fetch, gone + "/a")).failure is Failure.TEMPORARY
    assert site.requests == []


async def test_a_host_is_asked_no_more_often_at_a_time_than_it_bears(site: Web) -> None:
    may_answer = asyncio.Event()

    async def slow(_: Request, writer: asyncio.StreamWriter) -> None:
        await may_answer.wait()
        writer.write(http(b"Rain"))

    site.replies["/a"] = slow
    turns = HostLimiter(concurrency=2, least_delay=timedelta(0))
    async with (
        web("127.0.0.2") as other,
        fetcher(allowed=LOOPBACK | {"127.0.0.2"}, limits=LIMITS, hosts=turns) as fetch,
    ):
        fetches = [asyncio.ensure_future(fetch.fetch(site.base + "/a")) for _ in range(6)]
        await eventually(lambda: site.now == 2)
        # A request to another host, sent after the six, is answered: no third is on its way.
        await fetch.fetch(other.base + "/b")
        may_answer.set()
        await asyncio.gather(*fetches)

    assert (len(site.requests), site.most) == (6, 2)


async def test_a_redirect_is_followed_only_where_we_may(site: Web, fetch: Fetcher) -> None:
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


async def test_links_in_fields_of_their_own_are_all_kept(site: Web, fetch: Fetcher) -> None:
    head = b'HTTP/1.1 200 OK\r\nlink: <https://hub.test/>; rel=hub\r\nLink: </rss>; rel="self"\r\n'
    site.replies["/a"] = head + b"content-length: 0\r\n\r\n"

    answer = await fetched(fetch, site.base + "/a")

    assert answer.headers["link"] == '<https://hub.test/>; rel=hub, </rss>; rel="self"'


@pytest.mark.parametrize(("status", "posted"), [("307 Temporary", 2), ("308 Permanent", 2)])
async def test_a_form_is_sent_again_to_where_it_is_to_go(
    site: Web, fetch: Fetcher, status: str, posted: int
) -> None:
    site.replies |= {"/hub": http(status=status, location="/other"), "/other": http(b"ok")}

    answer = await fetch.post(site.base + "/hub", {"hub.mode": "subscribe"})

    assert isinstance(answer, Fetched)
    assert [one.headers["content-type"] for one in site.requests] == [
        "application/x-www-form-urlencoded"
    ] * posted


@pytest.mark.parametrize("status", ["302 Found", "303 See Other"])
async def test_a_form_is_not_sent_where_it_is_only_looked_at(
    site: Web, fetch: Fetcher, status: str
) -> None:
    site.replies |= {"/hub": http(status=status, location="/other"), "/other": http(b"ok")}

    await fetch.post(site.base + "/hub", {"hub.mode": "subscribe"})

    assert site.paths == ["/hub"]


async def test_a_form_is_not_sent_to_a_private_address(fetch: Fetcher) -> None:
    problem = await fetch.post("http://10.0.0.1/", {"hub.mode": "subscribe"})

    assert isinstance(problem, FetchProblem)
    assert "no public address" in problem.detail
