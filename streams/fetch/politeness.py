"""How often a host is asked: its answers in, the wait before the next request out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import msgspec

WEIGHT: Final = 0.25
"""Share of the latest answer in the mean response time (Media Cloud's scheduler, alpha .25)."""

BUSY_FACTOR: Final = 2.0
"""A host is left alone for twice the time that it works for us, so we are at most a third of it."""

MAX_DELAY: Final = timedelta(seconds=60)
BACKED_OFF: Final = timedelta(seconds=30)
"""Least delay after 429 or 503 without Retry-After (Media Cloud: 30 s)."""

MAX_HOSTS: Final = 20_000


class HostDelay(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a host.

    Attributes:
        mean_seconds: Weighted mean of its response times.
        delay_seconds: From the start of one request to the next.
        least_seconds: What its robots.txt or the settings ask for at least.
    """

    mean_seconds: float = 0.0
    delay_seconds: float = 0.0
    least_seconds: float = 0.0

    def after(
        self, seconds: float, *, overloaded: bool = False, retry_after: timedelta = timedelta(0)
    ) -> "HostDelay":
        """Give the pace after an answer.

        Args:
            seconds: How long it took.
            overloaded: Whether it was 429 or 503.
            retry_after: How long the host wants to be left alone.

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
    pace: HostDelay
    next_start: float = 0.0
    n_waiting: int = field(default=0)


class HostLimiter:
    """Gives each host its turns: never more at a time, nor closer together, than it bears."""

    def __init__(
        self,
        *,
        concurrency: int = 2,
        least_delay: timedelta = timedelta(seconds=1),
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        """Begin knowing no host.

        Args:
            concurrency: Requests to one host at a time.
            least_delay: From the start of one request to a host to the next.
            clock: Seconds that only grow; None: the event loop's.
            sleep: Waits so many of them; None: asyncio's.
        """
        self._concurrency = concurrency
        self._least = least_delay.total_seconds()
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep or asyncio.sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait until a host may be asked, and count as asking it inside."""
        host = self._host(name)
        host.n_waiting += 1
        try:
            async with host.slots:
                start = max(self._clock(), host.next_start)
                host.next_start = start + host.pace.delay_seconds
                if (wait := start - self._clock()) > 0:
                    await self._sleep(wait)
                yield
        finally:
            host.n_waiting -= 1

    def answered(
        self,
        name: str,
        seconds: float,
        *,
        overloaded: bool = False,
        retry_after: timedelta = timedelta(0),
    ) -> None:
        """Learn from an answer; see `HostDelay.after`."""
        host = self._host(name)
        host.pace = host.pace.after(seconds, overloaded=overloaded, retry_after=retry_after)
        host.next_start = max(host.next_start, self._clock() + host.pace.delay_seconds)

    def ask_for(self, name: str, least: timedelta) -> None:
        """Keep to a longer delay that the host asks for itself (crawl-delay), up to a minute."""
        host = self._host(name)
        seconds = max(self._least, min(least, MAX_DELAY).total_seconds())
        before = host.pace.delay_seconds
        host.pace = msgspec.structs.replace(
            host.pace,
            least_seconds=seconds,
            delay_seconds=max(seconds, host.pace.delay_seconds),
        )
        if host.next_start:
            # Whoever waits for a turn already keeps it; the one behind waits as the host wants.
            host.next_start += host.pace.delay_seconds - before

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= MAX_HOSTS:
                self._forget()
            pace = HostDelay(delay_seconds=self._least, least_seconds=self._least)
            host = _Host(asyncio.Semaphore(self._concurrency), pace)
            self._hosts[name] = host
        return host

    def _forget(self) -> None:
        """Forget the hosts that nobody waits for and whose turn has come."""
        now = self._clock()
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.n_waiting or host.next_start > now
        }
