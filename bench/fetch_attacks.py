"""Try every attack on the real fetcher: a table of outcomes. ``python -m bench.fetch_attacks``.

The attacks of issue 7, part 6, each served by a real server on loopback: internal addresses in
every spelling, redirects to them, bombs, drips, wrong sizes, hostile XML, robots.txt behind a
redirect. An attack is repelled if the outcome is the required one, within twice the time limit,
and the server could not send much more than the largest allowed body.
"""

import argparse
import asyncio
import re
import resource
import socket
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from rich.console import Console
from rich.table import Table

from bench.fetch_attack_list import INSIDE, TRANSPORT, Attack, feeds, ok, status
from bench.fetch_attack_server import Attacker, attacker
from streams.fetch.address import CheckedResolver, RefusedAddressError
from streams.fetch.fetcher import Fetched, Fetcher, FetchProblem, Limits, fetcher
from streams.fetch.politeness import HostLimiter
from streams.fetch.robots import Robots
from streams.sources.feeds.parsing.model import FeedError
from streams.sources.feeds.parsing.parse import parse_feed

HERE: Final = frozenset({"127.0.0.3"})
"""Host of the attacker: the only host that may be private."""

PUBLIC: Final = "93.184.215.14"


async def no_wait(_: float) -> None:
    """Do not wait: turns, and the effect of Retry-After on them, are not tested here."""


class Names(AbstractResolver):
    """Resolves names as an attacker's server does: to another address each time.

    Args:
        addresses: Addresses in turn; the last one is repeated.
    """

    def __init__(self, *addresses: str) -> None:
        self._addresses = list(addresses)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the next address."""
        del family
        more = len(self._addresses) > 1
        address = self._addresses.pop(0) if more else self._addresses[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Outcome of an attack."""

    attack: str
    outcome: str
    bytes_sent: int
    seconds: float
    held: bool


def outcome_text(answer: Fetched | FetchProblem, *, is_feed: bool = False) -> str:
    """Return the outcome of fetcher and parser in a few words."""
    if isinstance(answer, FetchProblem):
        again = f", again after {answer.retry_after.days} days" if answer.retry_after else ""
        return f"{answer.failure.value}: {answer.detail}{again}"
    if not is_feed:
        return f"answer of {len(answer.body):,} bytes"
    try:
        feed = parse_feed(answer.body, url=answer.url, charset=answer.charset)
    except FeedError as error:
        return f"not a feed: {error}"
    longest = max((len(f"{entry.title}{entry.summary}") for entry in feed.entries), default=0)
    return f"feed of {len(feed.entries)} entries, longest title {longest:,}"


async def tried(fetch: Fetcher, server: Attacker, attack: Attack, seconds: float) -> Row:
    """Try an attack."""
    name = re.sub(r"[^a-z0-9]", "-", attack.name.lower()) + str(len(server.scripts))
    server.scripts[name] = attack.script
    start = time.monotonic()
    answer = await fetch.fetch(f"{server.base}/{name}")
    outcome = outcome_text(answer, is_feed=attack.is_feed)
    took = time.monotonic() - start
    refused = isinstance(answer, FetchProblem) or bool(attack.expected) or attack.is_feed
    bounded = server.sent[name] <= attack.max_bytes and took < seconds
    held = bounded and refused and attack.expected in outcome
    return Row(
        attack=attack.name,
        outcome=outcome,
        bytes_sent=server.sent[name],
        seconds=took,
        held=held,
    )


async def addresses(server: Attacker, limits: Limits) -> list[Row]:
    """Try to reach internal addresses, as a URL and by a redirect."""
    rows = []
    turns = HostLimiter(concurrency=100, sleep=no_wait)
    async with (
        fetcher(limits=limits, hosts=turns, resolver=Evil()) as bare,
        fetcher(limits=limits, hosts=turns, resolver=Evil(), allowed=HERE) as fetch,
    ):
        for number, url in enumerate(INSIDE):
            start = time.monotonic()
            answer = await bare.fetch(url)
            rows.append(address_row(url, answer, 0, start))
            server.scripts[f"inside-{number}"] = status("302 Found", f"location: {spelled(url)}")
            start = time.monotonic()
            answer = await fetch.fetch(f"{server.base}/inside-{number}")
            sent = server.sent[f"inside-{number}"]
            rows.append(address_row(f"redirect to {url}", answer, sent, start))
    return rows


def spelled(url: str) -> str:
    """Return a URL as bytes of a header."""
    return url.encode().decode("latin-1")


def address_row(name: str, answer: Fetched | FetchProblem, sent: int, start: float) -> Row:
    """Return the outcome of an attempt at an internal address: refused before a connection."""
    outcome = outcome_text(answer)
    held = any(word in outcome for word in ("no public", "no URL", "no such host"))
    return Row(
        attack=name,
        outcome=outcome,
        bytes_sent=sent,
        seconds=time.monotonic() - start,
        held=held,
    )


class Evil(AbstractResolver):
    """The system's resolver, except for the attacker's name."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Resolve a name without a request to another host."""
        return await Names("127.0.0.1").resolve(host, port, family)

    async def close(self) -> None:
        """Do nothing."""


async def rebinding(server: Attacker, limits: Limits) -> Row:
    """Resolve a name to an external address for the check, and to an internal one to connect."""
    start = time.monotonic()
    names = Names(PUBLIC, "127.0.0.1")
    first = await CheckedResolver(inner=names).resolve("evil.test", 80)
    async with fetcher(limits=limits, resolver=names) as fetch:
        answer = await fetch.fetch(f"http://evil.test:{server.base.rpartition(':')[2]}/")
    try:
        await CheckedResolver(inner=names).resolve("evil.test", 80)
        again = "given"
    except RefusedAddressError:
        again = "refused"
    outcome = f"first {first[0]['host']}, then {again}; {outcome_text(answer)}"
    return Row(
        attack="DNS rebinding",
        outcome=outcome,
        bytes_sent=0,
        seconds=time.monotonic() - start,
        held=again == "refused" and "no public" in outcome,
    )


async def robots(server: Attacker, fetch: Fetcher) -> Row:
    """Redirect from a host that allows everything to one that allows nothing."""
    async with attacker("127.0.0.2") as other:
        other.scripts["robots.txt"] = ok("content-length: 25", body=[b"User-agent: *\nDisallow: /"])
        other.scripts["private"] = ok("content-length: 6", body=[b"secret"])
        server.scripts["leads-to-other"] = status("302 Found", f"location: {other.base}/private")
        start = time.monotonic()
        rules = Robots(fetch, now=lambda: datetime.now(UTC))
        url = f"{server.base}/leads-to-other"
        answer = await fetch.fetch(url, may_follow=rules.allows)
        asked = other.asked["/private"]
    return Row(
        attack="redirect to a host whose robots.txt forbids it",
        outcome=outcome_text(answer),
        bytes_sent=other.sent["private"],
        seconds=time.monotonic() - start,
        held=isinstance(answer, FetchProblem) and not asked,
    )


async def run(limits: Limits) -> list[Row]:
    """Try all attacks; those that wait run at the same time."""
    turns = HostLimiter(concurrency=100, sleep=no_wait)
    allowed = HERE | {"127.0.0.2"}
    # The time limit of a body, and the same again for other load of this machine.
    seconds = 2 * limits.total.total_seconds()
    async with attacker(*HERE) as server:
        async with fetcher(allowed=allowed, limits=limits, hosts=turns) as fetch:
            slow = [each for each in TRANSPORT if each.expected == "timed out"]
            waiting = [asyncio.create_task(tried(fetch, server, each, seconds)) for each in slow]
            rows = [
                await tried(fetch, server, each, seconds)
                for each in (*TRANSPORT, *feeds(f"{server.base}/trap"))
                if each not in slow
            ]
            rows.append(await robots(server, fetch))
            rows += await asyncio.gather(*waiting)
        rows += await addresses(server, limits)
        rows.append(await rebinding(server, limits))
        trapped = server.asked["/trap"]
    rows.append(
        Row(
            attack="any of these asked for what an XML document names",
            outcome=f"{trapped} requests",
            bytes_sent=0,
            seconds=0,
            held=trapped == 0,
        )
    )
    return rows


def main() -> int:
    """Print the table; return exit code 1 if an attack succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    parser.add_argument("--quick", action="store_true", help="5 s per request instead of 30")
    options = parser.parse_args()
    usual = Limits()
    quick = Limits(total=timedelta(seconds=5), idle=timedelta(seconds=3))
    rows = asyncio.run(run(quick if options.quick else usual))
    if options.json:
        for row in rows:
            sys.stdout.buffer.write(orjson.dumps(asdict(row)) + b"\n")
    else:
        table = Table("attack", "outcome", "bytes sent", "seconds", "held")
        for row in rows:
            held = "yes" if row.held else "[red]NO[/red]"
            outcome = row.outcome[:90].replace("[", "\\[")
            sent, took = f"{row.bytes_sent:,}", f"{row.seconds:.2f}"
            table.add_row(row.attack.replace("[", "\\["), outcome, sent, took, held)
        Console().print(table)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{len(rows)} attacks, {sum(row.held for row in rows)} held; at most {memory:.0f} MB")
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
