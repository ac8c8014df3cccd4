"""Limit concurrency and rate of requests to each host, adapted to its response times."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import msgspec

from streams.text.urls import registrable_domain

WEIGHT: Final = 0.25
"""Share of the latest response in the mean response time (Media Cloud's scheduler, alpha .25)."""

BUSY_FACTOR: Final = 2.0
"""The delay is twice the mean response time, so that at most a third of a host's time is ours."""

MAX_DELAY: Final = timedelta(seconds=60)
BACKED_OFF: Final = timedelta(seconds=30)
"""Shortest delay after 429 or 503 without Retry-After (Media Cloud: 30 s)."""

MAX_HOSTS: Final = 20_000


class HostDelay(msgspec.Struct, frozen=True, kw_only=True):
    """The delay between requests to a host.

    Attributes:
        mean_seconds: Weighted mean of the response times.
        delay_seconds: Delay from the start of one request to the next.
        least_seconds: Shortest delay, from robots.txt or the settings.
    """

    mean_seconds: float = 0.0
    delay_seconds: float = 0.0
    least_seconds: float = 0.0

    def after(
        self, seconds: float, *, overloaded: bool = False, retry_after: timedelta = timedelta(0)
    ) -> "HostDelay":
        """Return the delay after a response.

        Args:
            seconds: Response time.
            overloaded: Whether the status was 429 or 503.
            retry_after: Wait that the host asks for.

        Examples:
            >>> HostDelay(least_seconds=1).after(4.0).delay_seconds
            2.0
        """
        mean = self.mean_seconds + WEIGHT * (seconds - self.mean_seconds)
        delay = max(self.least_seconds, BUSY_FACTOR * mean)
        if overloaded:
            delay = max(delay, 2 * self.delay_seconds, BACKED_OFF.total_seconds())
        delay = min(delay, max(MAX_DELAY.total_seconds(), self.least_seconds))
        delay = max(delay, retry_after.total_seconds())
        return HostDelay(mean_seconds=mean, delay_seconds=delay, least_seconds=self.least_seconds)


@dataclass
class _Host:
    slots: asyncio.Semaphore
    delay: HostDelay
    domain: str
    next_start: float = 0.0
    n_waiting: int = field(default=0)


class HostLimiter:
    """Limits the requests to each host: their number at a time, and the delay between them.

    "Too many requests" (429) from a host holds for all hosts of its registrable domain: the limit
    is the operator's, and RFC 6585, section 4, lets it count requests over many servers.

    Args:
        concurrency: Largest number of requests to one host at a time.
        least_delay: Shortest delay from the start of one request to a host to the next.
        clock: Returns monotonic seconds. Defaults to the time of the event loop.
        sleep: Waits for a number of seconds. Defaults to `asyncio.sleep`.
    """

    def __init__(
        self,
        *,
        concurrency: int = 2,
        least_delay: timedelta = timedelta(seconds=1),
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._concurrency = concurrency
        self._least = least_delay.total_seconds()
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep or asyncio.sleep
        self._hosts: dict[str, _Host] = {}
        self._domain_starts: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait until a request to a host may start; the body of the context is the request."""
        host = self._host(name)
        host.n_waiting += 1
        try:
            async with host.slots:
                domain_start = self._domain_starts.get(host.domain, 0.0)
                start = max(self._clock(), host.next_start, domain_start)
                host.next_start = start + host.delay.delay_seconds
                if (wait := start - self._clock()) > 0:
                    await self._sleep(wait)
                yield
        finally:
            host.n_waiting -= 1

    def record_response(
        self,
        name: str,
        seconds: float,
        *,
        overloaded: bool = False,
        too_many: bool = False,
        retry_after: timedelta = timedelta(0),
    ) -> None:
        """Adapt the delay of a host to a response; see `HostDelay.after`.

        Args:
            name: The host.
            seconds: Response time.
            overloaded: Whether the status was 429 or 503.
            too_many: Whether the status was 429: its registrable domain waits as well.
            retry_after: Wait that the host asks for.
        """
        host = self._host(name)
        host.delay = host.delay.after(seconds, overloaded=overloaded, retry_after=retry_after)
        host.next_start = max(host.next_start, self._clock() + host.delay.delay_seconds)
        if too_many:
            before = self._domain_starts.get(host.domain, 0.0)
            self._domain_starts[host.domain] = max(before, host.next_start)

    def set_least_delay(self, name: str, least: timedelta) -> None:
        """Set the shortest delay of a host (crawl-delay in robots.txt), at most a minute."""
        host = self._host(name)
        seconds = max(self._least, min(least, MAX_DELAY).total_seconds())
        before = host.delay.delay_seconds
        host.delay = msgspec.structs.replace(
            host.delay,
            least_seconds=seconds,
            delay_seconds=max(seconds, host.delay.delay_seconds),
        )
        if host.next_start:
            # Requests that wait for a turn keep it; only later ones wait for the longer delay.
            host.next_start += host.delay.delay_seconds - before

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= MAX_HOSTS:
                self._remove_idle_hosts()
            delay = HostDelay(delay_seconds=self._least, least_seconds=self._least)
            url = f"http://[{name}]/" if ":" in name else f"http://{name}/"
            domain = registrable_domain(url) or name
            host = _Host(asyncio.Semaphore(self._concurrency), delay, domain)
            self._hosts[name] = host
        return host

    def _remove_idle_hosts(self) -> None:
        """Remove the hosts without waiting requests whose delay has passed."""
        now = self._clock()
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.n_waiting or host.next_start > now
        }
        self._domain_starts = {
            domain: start for domain, start in self._domain_starts.items() if start > now
        }
