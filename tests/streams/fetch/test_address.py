"""Addresses that may be connected to: checked in the URL, after resolution, and at connect."""

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from streams.fetch.address import (
    CheckedResolver,
    RefusedAddressError,
    check_literal_address,
    checked_connector,
    is_allowed,
)
from tests.support.web import Web, http, web

SPELLINGS = [
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0",
    "0.",
    "127.000.000.001",
    "127.0.0.1.",
    "127.0.0.0x1",
    "%31%32%37.0.0.1",
    "\uff11\uff12\uff17.0.0.1",
    "127\u30020\u30020\u30021",
    "\u2460\u2461\u2466.1",
    "news.example.0x7f000001",
    "134744072",
    "256.256.256.256",
    "1.2.3.4.5",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_host_that_may_be_an_address_is_refused(host: str) -> None:
    with pytest.raises(RefusedAddressError):
        check_literal_address(host, ())


@pytest.mark.parametrize("host", ["9.9.9.9", "2620:fe::fe", "news.test", "4chan.test", "0x.test"])
def test_names_and_public_addresses_pass(host: str) -> None:
    check_literal_address(host, ())


class TrustingResolver(AbstractResolver):
    """Resolves every name to loopback, as a resolver that was tampered with."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A server on loopback."""
    async with web() as place:
        place.replies["/"] = http(b"internal")
        yield place


async def read(connector: aiohttp.TCPConnector, url: str) -> bytes:
    """Return the body of a page, with nothing checked before aiohttp."""
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as response:
        return await response.read()


async def test_connection_is_checked_when_resolver_is_bypassed(
    site: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = site.base.rpartition(":")[2]
    monkeypatch.setattr(CheckedResolver, "resolve", TrustingResolver.resolve)

    with pytest.raises(aiohttp.ClientConnectorError):
        await read(checked_connector(), f"http://evil.test:{port}/")

    assert site.requests == []


async def test_connection_to_literal_address_is_checked(site: Web) -> None:
    with pytest.raises(aiohttp.ClientConnectorError):
        await read(checked_connector(), f"{site.base}/")

    assert site.requests == []


async def test_allowed_port_does_not_allow_others(site: Web) -> None:
    port = int(site.base.rpartition(":")[2])
    allowed = [f"intranet.test:{port}"]

    body = await read(
        checked_connector(allowed, resolver=TrustingResolver()), f"http://intranet.test:{port}/"
    )
    with pytest.raises(aiohttp.ClientConnectorError):
        await read(
            checked_connector([f"intranet.test:{port + 1}"], resolver=TrustingResolver()),
            f"http://intranet.test:{port}/",
        )

    assert (body, len(site.requests)) == (b"internal", 1)


@pytest.mark.parametrize(
    ("host", "port", "allowed", "expected"),
    [
        ("a.test", 80, ["a.test"], True),
        ("a.test", 80, ["a.test:80"], True),
        ("a.test", 8080, ["a.test:80"], False),
        ("a.test", None, ["a.test:80"], False),
        ("b.a.test", 80, ["a.test"], False),
        ("::1", 80, ["[::1]:80"], True),
        ("::1", 80, ["::1"], True),
        ("::1", 81, ["[::1]:80"], False),
    ],
)
def test_is_allowed(host: str, port: int | None, allowed: list[str], *, expected: bool) -> None:
    assert is_allowed(host, port, allowed) is expected
