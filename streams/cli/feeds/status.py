"""``streams feeds status``: the state of each feed, once or refreshed."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from streams.cli._arguments import JsonLines
from streams.cli._output.console import out
from streams.cli._output.duration import duration
from streams.cli._settings import settings_with_broker
from streams.cli.feeds._files import FeedsFileOption, feeds_file
from streams.config.feeds import FeedEntry
from streams.config.feeds_file import load_feeds
from streams.kafka.table import follow_table
from streams.records import FeedHealth, FeedState, PushPhase
from streams.records.topics import FEEDS
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.feeds.health import UNHEALTHY, latency, with_health
from streams.sources.feeds.schedule import due_time, is_clock_ahead
from streams.sources.feeds.state import apply_state, read_states, state_of
from streams.sources.feeds.websub.subscription import current_phase
from streams.text.plural import plural

REFRESH_INTERVAL: Final = timedelta(seconds=2)

FRAME: Final = 4
"""Lines of the screen without a feed: title, header, caption and cursor."""

PAUSED: Final = "paused"

CLOCK_AHEAD: Final = "last poll in the future: the clock of a machine is, or was, ahead"
"""What is shown as the error of a feed without a failure."""
"""Shown as the health of a feed that is paused in the file."""

COLORS: Final = {
    FeedHealth.NEW: "dim",
    FeedHealth.OK: "green",
    FeedHealth.BROKEN: "red",
    FeedHealth.SILENT: "yellow",
    FeedHealth.RETIRED: "dim red",
}


def status(
    file: FeedsFileOption = None,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Refresh every 2 seconds until Ctrl-C.")
    ] = False,
    json_: JsonLines = False,
) -> None:
    """Show the status of each feed: health, polling interval, articles per day, latency.

    **Examples:**

    - `streams feeds status`
    - `streams feeds status --watch`
    """
    asyncio.run(print_status(settings_with_broker(), feeds_file(file), watch=watch, json=json_))


async def print_status(settings: Settings, file: Path, *, watch: bool, json: bool) -> None:
    """Print the state of every feed in the file, until Ctrl-C with ``watch``.

    Raises:
        UsageError: If the file is invalid.
        BrokerError: If Kafka cannot be reached.
    """
    feeds = load_feeds(file).feed
    paused = frozenset(feed.name for feed in feeds if feed.paused)
    if watch and not json:
        await _watch(settings, feeds)
        return
    states = await read_states(settings)
    current, now = [state_of(feed, states) for feed in feeds], datetime.now(UTC)
    if json:
        for row in status_rows(current, now=now, paused=paused):
            typer.echo(orjson.dumps(row))
        return
    out.print(status_table(current, now=now, paused=paused))
    for state in current:
        if state.last_error:
            out.print(f"{state.id}: {state.last_error}", highlight=False, markup=False)


async def _watch(settings: Settings, feeds: Sequence[FeedEntry]) -> None:
    states: dict[str, FeedState] = {}
    paused = frozenset(feed.name for feed in feeds if feed.paused)
    stop, caught_up = asyncio.Event(), asyncio.Event()

    async def follow() -> None:
        async for message in follow_table(settings, FEEDS.name, caught_up=caught_up.set):
            apply_state(states, message)

    def table() -> Table:
        current = [state_of(feed, states) for feed in feeds]
        rows = max(1, out.height - FRAME)
        return status_table(current, now=datetime.now(UTC), rows=rows, paused=paused)

    following = asyncio.ensure_future(follow())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        with stop_on_signals(stop), Live(console=out, auto_refresh=False) as live:
            while not stop.is_set() and not following.done():
                interval = REFRESH_INTERVAL.total_seconds() if caught_up.is_set() else 0.1
                await asyncio.wait(
                    (following, stopping), timeout=interval, return_when=asyncio.FIRST_COMPLETED
                )
                if caught_up.is_set():
                    live.update(table(), refresh=True)
        if following.done():
            following.result()
    finally:
        for task in (following, stopping):
            task.cancel()
        await asyncio.gather(following, stopping, return_exceptions=True)


def status_rows(
    states: Sequence[FeedState], *, now: datetime, paused: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the state of each feed as plain values; ``paused`` has the ids of paused feeds."""
    rows = []
    for last_state in states:
        stopped = last_state.retired or last_state.id in paused
        # A feed may have become silent since its last poll.
        state = with_health(last_state, now=now)
        latencies = latency(state)
        rows.append(
            {
                "id": state.id,
                "url": state.url,
                "title": state.title,
                "health": state.health.value,
                "health_since": state.health_since,
                "last_success": state.last_success,
                "next_poll": None
                if stopped or state.next_poll is None
                else due_time(state, now=now),
                "interval_seconds": state.interval_seconds,
                "articles_per_day": round(state.usual_rate_per_day, 2),
                "articles": state.n_articles,
                "gaps": state.n_gaps,
                "failures": state.failures,
                "error": state.last_error
                or (CLOCK_AHEAD if is_clock_ahead(state, now=now) else ""),
                "push": current_phase(state.push, now=now).value if state.push else None,
                "push_until": state.push.expires if state.push else None,
                "pushes": state.push.n_pushes if state.push else 0,
                "latency_p50_seconds": latencies.p50,
                "latency_p95_seconds": latencies.p95,
                "paused": state.id in paused,
            }
        )
    return rows


def status_table(
    states: Sequence[FeedState],
    *,
    now: datetime,
    rows: int | None = None,
    paused: Collection[str] = (),
) -> Table:
    """Return a table of the feeds, failing ones first.

    Args:
        states: States of the feeds.
        now: Current time.
        rows: Maximum number of rows; None for all.
        paused: Ids of paused feeds.
    """
    sorted_rows = sorted(status_rows(states, now=now, paused=paused), key=_rank)
    counts = Counter(_label(row) for row in sorted_rows)
    labels = (*(health.value for health in FeedHealth), PAUSED)
    totals = ", ".join(f"{counts[label]:,} {label}" for label in labels if counts[label])
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    table.title = f"{plural(len(states), 'feed')}: {totals}" if states else "no feeds"
    table.caption = (
        "last: time since the last success; next: time to the next poll; p50, p95: latency"
    )
    table.add_column("feed", min_width=16, overflow="fold")
    hubs = any(row["push"] for row in sorted_rows)
    if hubs:
        table.caption += "; hub: time to the end of the push subscription"
    names = ("health", "last", "next", "every", "per day", "sent", "p50", "p95")
    for name in (*names, *(["hub"] if hubs else [])):
        table.add_column(name, no_wrap=True, justify="left" if name == "health" else "right")
    for row in sorted_rows[:rows]:
        color = "dim" if row["paused"] else COLORS[FeedHealth(row["health"])]
        table.add_row(
            escape(row["id"]),
            f"[{color}]{_health(row, now)}[/{color}]",
            _since(row["last_success"], now),
            _until(row["next_poll"], now),
            duration(row["interval_seconds"] or None),
            f"{row['articles_per_day']:.3g}",
            f"{row['articles']:,}",
            duration(row["latency_p50_seconds"]),
            duration(row["latency_p95_seconds"]),
            *([_hub(row, now)] if hubs else []),
        )
    return table


def _rank(row: dict[str, Any]) -> tuple[bool, str]:
    return row["paused"] or FeedHealth(row["health"]) not in UNHEALTHY, row["id"]


def _label(row: dict[str, Any]) -> str:
    return PAUSED if row["paused"] else str(row["health"])


def _health(row: dict[str, Any], now: datetime) -> str:
    """Return the health of a feed, and for how long it has been failing."""
    if row["paused"] or FeedHealth(row["health"]) not in UNHEALTHY:
        return _label(row)
    return f"{row['health']} {duration((now - row['health_since']).total_seconds())}"


def _hub(row: dict[str, Any], now: datetime) -> str:
    """Return the time left of a push subscription, or its state if it is not active."""
    if row["push"] == PushPhase.ACTIVE:
        return _until(row["push_until"], now)
    return row["push"] or "polled"


def _since(time: datetime | None, now: datetime) -> str:
    return "" if time is None else duration((now - time).total_seconds())


def _until(time: datetime | None, now: datetime) -> str:
    if time is None:
        return ""
    return "now" if time <= now else duration((time - now).total_seconds())
