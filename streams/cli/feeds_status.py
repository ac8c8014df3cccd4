"""How the feeds are, as a table or as JSON lines, once or again and again."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
import typer
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from streams.cli.context import out
from streams.cli.feeds_run import load_feeds
from streams.config.feeds import FeedEntry
from streams.kafka.table import follow_table
from streams.records import FeedHealth, FeedState, PushPhase
from streams.records.topics import FEEDS
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.feeds.health import TROUBLES, latency, with_health
from streams.sources.feeds.state import apply_state, read_states, state_of
from streams.sources.feeds.websub.subscription import phase_now
from streams.text.plural import plural

EVERY: Final = timedelta(seconds=2)

FRAME: Final = 4
"""Lines of the screen that are not feeds: title, head, caption, and the cursor's."""

COLORS: Final = {
    FeedHealth.NEW: "dim",
    FeedHealth.OK: "green",
    FeedHealth.BROKEN: "red",
    FeedHealth.SILENT: "yellow",
    FeedHealth.RETIRED: "dim red",
}


async def show_status(settings: Settings, file: Path, *, watch: bool, json: bool) -> None:
    """Print the state of every feed of the file; until Ctrl-C if it is watched.

    Raises:
        UsageError: If the file cannot be used.
        BrokerError: If Kafka cannot be reached.
    """
    feeds = load_feeds(file).feed
    if watch and not json:
        await _watch(settings, feeds)
        return
    states = await read_states(settings)
    shown, now = [state_of(feed, states) for feed in feeds], datetime.now(UTC)
    if json:
        for row in status_rows(shown, now=now):
            typer.echo(orjson.dumps(row))
        return
    out.print(status_table(shown, now=now))
    for state in shown:
        if state.last_error:
            out.print(f"{state.id}: {state.last_error}", highlight=False, markup=False)


async def _watch(settings: Settings, feeds: Sequence[FeedEntry]) -> None:
    states: dict[str, FeedState] = {}
    stop, there = asyncio.Event(), asyncio.Event()

    async def follow() -> None:
        async for message in follow_table(settings, FEEDS.name, caught_up=there.set):
            apply_state(states, message)

    def table() -> Table:
        shown = [state_of(feed, states) for feed in feeds]
        return status_table(shown, now=datetime.now(UTC), rows=max(1, out.height - FRAME))

    following = asyncio.ensure_future(follow())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        with stop_on_signals(stop), Live(console=out, auto_refresh=False) as live:
            while not stop.is_set() and not following.done():
                every = EVERY.total_seconds() if there.is_set() else 0.1
                await asyncio.wait(
                    (following, stopping), timeout=every, return_when=asyncio.FIRST_COMPLETED
                )
                if there.is_set():
                    live.update(table(), refresh=True)
        if following.done():
            following.result()
    finally:
        for task in (following, stopping):
            task.cancel()
        await asyncio.gather(following, stopping, return_exceptions=True)


def status_rows(states: Sequence[FeedState], *, now: datetime) -> list[dict[str, Any]]:
    """Describe each feed, for programs."""
    rows = []
    for given in states:
        # Time goes on between two polls: a feed may have become silent since the last one.
        state = with_health(given, now=now)
        found = latency(state)
        rows.append(
            {
                "id": state.id,
                "url": state.url,
                "title": state.title,
                "health": state.health.value,
                "health_since": state.health_since,
                "last_success": state.last_success,
                "next_poll": None if state.retired else state.next_poll,
                "interval_seconds": state.interval_seconds,
                "articles_per_day": round(state.usual_rate_per_day, 2),
                "articles": state.n_articles,
                "gaps": state.n_gaps,
                "failures": state.failures,
                "error": state.last_error,
                "push": phase_now(state.push, now=now).value if state.push else None,
                "push_until": state.push.expires if state.push else None,
                "pushes": state.push.n_pushes if state.push else 0,
                "latency_p50_seconds": found.p50,
                "latency_p95_seconds": found.p95,
            }
        )
    return rows


def status_table(states: Sequence[FeedState], *, now: datetime, rows: int | None = None) -> Table:
    """Draw the feeds, for people: those in trouble first.

    Args:
        states: Of the feeds.
        now: When.
        rows: How many are shown at most; None: all.
    """
    counts = Counter(with_health(state, now=now).health for state in states)
    found = ", ".join(f"{counts[each]:,} {each.value}" for each in FeedHealth if counts[each])
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    table.title = f"{plural(len(states), 'feed')}: {found}" if states else "no feeds"
    table.caption = "last: since it answered; next: until it is polled; p50, p95: found after"
    table.add_column("feed", min_width=16, overflow="fold")
    drawn = sorted(status_rows(states, now=now), key=_rank)
    hubs = any(row["push"] for row in drawn)
    if hubs:
        table.caption += "; hub: pushes until then"
    names = ("health", "last", "next", "every", "a day", "sent", "p50", "p95")
    for name in (*names, *(["hub"] if hubs else [])):
        table.add_column(name, no_wrap=True, justify="left" if name == "health" else "right")
    for row in drawn[:rows]:
        color = COLORS[FeedHealth(row["health"])]
        table.add_row(
            escape(row["id"]),
            f"[{color}]{_how(row, now)}[/{color}]",
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
    return FeedHealth(row["health"]) not in TROUBLES, row["id"]


def _how(row: dict[str, Any], now: datetime) -> str:
    """Say how a feed is, and of one in trouble for how long."""
    if FeedHealth(row["health"]) not in TROUBLES:
        return str(row["health"])
    return f"{row['health']} {duration((now - row['health_since']).total_seconds())}"


def _hub(row: dict[str, Any], now: datetime) -> str:
    """Say how long a hub still pushes; of one that does not, where its subscription stands."""
    if row["push"] == PushPhase.ACTIVE:
        return _until(row["push_until"], now)
    return row["push"] or "polled"


def _since(time: datetime | None, now: datetime) -> str:
    return "" if time is None else duration((now - time).total_seconds())


def _until(time: datetime | None, now: datetime) -> str:
    if time is None:
        return ""
    return "now" if time <= now else duration((time - now).total_seconds())


def duration(seconds: float | None) -> str:
    """Write a duration in its largest sensible unit; empty where there is none.

    Examples:
        >>> [duration(seconds) for seconds in (None, 42, 600, 7200, 259_200)]
        ['', '42 s', '10 min', '2 h', '3 d']
    """
    if seconds is None:
        return ""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (size < 3600 and seconds >= size):  # noqa: PLR2004
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
