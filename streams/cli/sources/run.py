"""``streams sources run``: poll feeds, with health, metrics, log and a summary."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import orjson
import structlog
import typer

from streams.cli._arguments import HttpPort, JsonSummary
from streams.cli._output.console import out
from streams.cli._parent import follow_parent
from streams.cli._settings import settings_with_broker
from streams.config.feeds import FeedFile
from streams.config.feeds_file import FEEDS_FILE, load_feeds
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.records import FeedHealth
from streams.runtime.clock import SystemClock
from streams.runtime.health_server import http_server
from streams.runtime.logs import configure_logs
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.feeds.health import UNHEALTHY
from streams.sources.feeds.metrics import FeedMetrics
from streams.sources.feeds.polling.stats import PollRecord, PollStats
from streams.sources.feeds.run import run_feeds
from streams.text.plural import plural

log = structlog.get_logger()

RELOAD_INTERVAL: Final = timedelta(seconds=5)
"""Time between two looks at the file of feeds."""


def run(
    file: Annotated[
        Path | None,
        typer.Option(
            "--feeds",
            metavar="FILE",
            help="File of feeds, TOML or OPML (default: NEWS_FEEDS, or feeds.toml).",
        ),
    ] = None,
    *,
    instance: Annotated[
        str,
        typer.Option(
            help="Unique name of this process; after a crash it resumes its share of the feeds "
            "within seconds."
        ),
    ] = "",
    http_port: HttpPort = 0,
    once: Annotated[
        bool, typer.Option("--once", help="Poll the feeds that are due once, then exit.")
    ] = False,
    json_: JsonSummary = False,
) -> None:
    """Poll feeds and send new articles into the pipeline, until Ctrl-C.

    The state of each feed is kept in Kafka, so that a restart fetches no article twice. Several
    processes with the same file share its feeds; 30 seconds after a crash of one, the others take
    over its share.

    **Examples:**

    - `streams sources run`
    - `streams sources run --feeds my.opml --once`
    """
    follow_parent()
    settings = settings_with_broker()
    configure_logs(settings)
    polling = poll_feeds(
        settings,
        file or settings.feeds or FEEDS_FILE,
        instance=instance,
        http_port=http_port,
        once=once,
        json=json_,
    )
    asyncio.run(polling)


async def poll_feeds(
    settings: Settings, file: Path, *, instance: str, http_port: int, once: bool, json: bool
) -> None:
    """Poll feeds until Ctrl-C, or once; print a summary.

    Raises:
        UsageError: If the file is invalid.
        BrokerError: If Kafka is unreachable or does not acknowledge.
    """
    feeds = load_feeds_to_poll(file)
    # Once running, a file without feeds is no error: the last one may have been removed.
    watched = WatchedFile(file, lambda: load_feeds(file))
    if not feeds.contact:
        log.warning("no contact configured for the User-Agent", file=str(file))
    stats, stop, clock = PollStats(), asyncio.Event(), SystemClock()
    metrics = FeedMetrics(stats, clock)

    def on_poll(poll: PollRecord) -> None:
        metrics.observe(poll)
        log_poll(poll)

    def health() -> dict[str, object]:
        return {
            "ready": stats.ready,
            "feeds": len(stats.states),
            "delivered": stats.n_sent,
            "lag": stats.n_due(clock.now()),
        }

    server = http_server(metrics.registry, health, host=settings.http_host, port=http_port)
    try:
        async with server as port, AsyncExitStack() as stack:
            stack.enter_context(stop_on_signals(stop))
            feed_files = await stack.enter_async_context(aclosing(versions(watched, stop)))
            log.info("polling feeds", file=str(file), feeds=len(feeds.feed), port=port)
            async for current, end in feed_files:
                await run_feeds(
                    settings,
                    current,
                    stop=end,
                    stats=stats,
                    instance=instance,
                    clock=clock,
                    once=once,
                    polled=on_poll,
                )
                if once:
                    break
    finally:
        _print_summary(stats, json=json)


def load_feeds_to_poll(file: Path) -> FeedFile:
    """Read a file of feeds.

    Raises:
        UsageError: If the file is invalid, or contains no feeds.
    """
    feeds = load_feeds(file)
    if not feeds.feed:
        raise UsageError(f"{file}: contains no feeds; add one with `streams feeds add URL`")
    return feeds


async def versions(
    watched: WatchedFile[FeedFile], stop: asyncio.Event
) -> AsyncGenerator[tuple[FeedFile, asyncio.Event], None]:
    """Yield the feeds of a file, and again whenever they have changed.

    Args:
        watched: The file of feeds.
        stop: Ends the iteration when set.

    Yields:
        Feeds, and an event that is set when polling them must end.
    """
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            end = asyncio.Event()
            changed = asyncio.create_task(_changed(watched))
            for ending in (stopping, changed):
                ending.add_done_callback(partial(_set_event, end))
            try:
                yield watched.value, end
                if not changed.done():
                    return
                changed.result()
            finally:
                changed.cancel()
    finally:
        stopping.cancel()


def _set_event(event: asyncio.Event, _: object) -> None:
    event.set()


async def _changed(watched: WatchedFile[FeedFile]) -> None:
    """Wait until the feeds of a file have changed."""
    while True:
        if watched.refresh():
            return
        await asyncio.sleep(RELOAD_INTERVAL.total_seconds())


def log_poll(poll: PollRecord) -> None:
    """Log failures of a feed, and its recovery."""
    before, after = poll.before.health, poll.after.health
    if after is not before and after in UNHEALTHY:
        log.warning(
            "feed failing",
            feed=poll.after.id,
            health=after.value,
            since=poll.after.health_since and poll.after.health_since.isoformat(),
            error=poll.after.last_error,
        )
    elif after is not before and before in UNHEALTHY:
        log.info("feed recovered", feed=poll.after.id, was=before.value)
    elif poll.after.last_error and after is not FeedHealth.BROKEN:
        log.info("poll failed", feed=poll.after.id, error=poll.after.last_error)


def _print_summary(stats: PollStats, *, json: bool) -> None:
    if json:
        row = {
            "polls": stats.n_polls,
            "failed": stats.n_failed,
            "sent": stats.n_sent,
            "refused": stats.n_refused,
        }
        typer.echo(orjson.dumps(row))
        return
    out.print(
        f"{plural(stats.n_polls, 'poll')}, {stats.n_failed:,} failed; "
        f"{plural(stats.n_sent, 'article')} sent, "
        f"{stats.n_refused:,} refused",
        highlight=False,
    )
