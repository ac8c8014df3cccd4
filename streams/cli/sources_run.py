"""What ``streams sources run`` does around the polls: signals, health, metrics, log, summary."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from datetime import timedelta
from pathlib import Path
from typing import Final

import orjson
import structlog
import typer

from streams.cli.context import out
from streams.cli.feeds_run import load_feeds
from streams.config.feeds import FeedFile
from streams.errors import UsageError
from streams.records import FeedHealth
from streams.runtime.clock import SystemClock
from streams.runtime.health_server import http_server
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.feeds.health import TROUBLES
from streams.sources.feeds.metrics import FeedMetrics
from streams.sources.feeds.polling.stats import PollRecord, PollStats
from streams.sources.feeds.run import run_feeds
from streams.text.plural import plural

log = structlog.get_logger()

LOOK_EVERY: Final = timedelta(seconds=5)
"""How often the file of feeds is read again; a thousand feeds take some 10 ms."""


async def run_sources(
    settings: Settings, file: Path, *, instance: str, http_port: int, once: bool, json: bool
) -> None:
    """Poll until Ctrl-C, or once; print what was done.

    Raises:
        UsageError: If the file cannot be used.
        BrokerError: If Kafka cannot be reached or does not acknowledge.
    """
    feeds = some_feeds(file)
    if not feeds.contact:
        log.warning("no contact: servers cannot tell you when you bother them", file=str(file))
    course, stop, clock = PollStats(), asyncio.Event(), SystemClock()
    metrics = FeedMetrics(course, clock)

    def polled(poll: PollRecord) -> None:
        metrics.observe(poll)
        report(poll)

    def health() -> dict[str, object]:
        return {
            "ready": course.ready,
            "feeds": len(course.states),
            "delivered": course.n_sent,
            "lag": course.n_due(clock.now()),
        }

    server = http_server(metrics.registry, health, host=settings.http_host, port=http_port)
    try:
        async with server as port, AsyncExitStack() as stack:
            stack.enter_context(stop_on_signals(stop))
            taken = await stack.enter_async_context(aclosing(versions(file, feeds, stop)))
            log.info("polling feeds", file=str(file), feeds=len(feeds.feed), port=port)
            async for current, end in taken:
                await run_feeds(
                    settings,
                    current,
                    stop=end,
                    course=course,
                    instance=instance,
                    clock=clock,
                    once=once,
                    polled=polled,
                )
                if once:
                    break
    finally:
        _summary(course, json=json)


def some_feeds(file: Path) -> FeedFile:
    """Read a file of feeds that has some.

    Raises:
        UsageError: If it cannot be used, or has none.
    """
    feeds = load_feeds(file)
    if not feeds.feed:
        raise UsageError(f"{file}: no feeds in it; add one with `streams feeds add URL`")
    return feeds


async def versions(
    file: Path, feeds: FeedFile, stop: asyncio.Event
) -> AsyncGenerator[tuple[FeedFile, asyncio.Event], None]:
    """Give the feeds of a file, and again whenever they have changed.

    Args:
        file: It.
        feeds: What is in it now.
        stop: Once set, none is given any more.

    Yields:
        Feeds, and what is set when they are no longer to be polled.
    """
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            end = asyncio.Event()
            changed = asyncio.create_task(_changed(file, feeds))
            for ending in (stopping, changed):
                ending.add_done_callback(lambda _, end=end: end.set())  # type: ignore[misc]
            try:
                yield feeds, end
                if not changed.done():
                    return
                feeds = changed.result()
                log.info("feeds taken over", file=str(file), feeds=len(feeds.feed))
            finally:
                changed.cancel()
    finally:
        stopping.cancel()


async def _changed(file: Path, feeds: FeedFile) -> FeedFile:
    """Wait until a file has other feeds than these; what cannot be used is logged."""
    problem = ""
    while True:
        try:
            found = await asyncio.to_thread(some_feeds, file)
        except UsageError as error:
            if str(error) != problem:
                problem = str(error)
                log.warning("feeds not taken over; the former ones are polled", problem=problem)
        else:
            if found != feeds:
                return found
        await asyncio.sleep(LOOK_EVERY.total_seconds())


def report(poll: PollRecord) -> None:
    """Log what somebody should know of a poll."""
    before, after = poll.before.health, poll.after.health
    if after is not before and after in TROUBLES:
        log.warning(
            "feed in trouble",
            feed=poll.after.id,
            health=after.value,
            since=poll.after.health_since and poll.after.health_since.isoformat(),
            error=poll.after.last_error,
        )
    elif after is not before and before in TROUBLES:
        log.info("feed is back", feed=poll.after.id, was=before.value)
    elif poll.after.last_error and after is not FeedHealth.BROKEN:
        log.info("poll failed", feed=poll.after.id, error=poll.after.last_error)


def _summary(course: PollStats, *, json: bool) -> None:
    if json:
        row = {
            "polls": course.n_polls,
            "failed": course.n_failed,
            "sent": course.n_sent,
            "refused": course.n_refused,
        }
        typer.echo(orjson.dumps(row))
        return
    out.print(
        f"{plural(course.n_polls, 'poll')}, {course.n_failed:,} failed; "
        f"{plural(course.n_sent, 'article')} sent, "
        f"{course.n_refused:,} refused",
        highlight=False,
    )
