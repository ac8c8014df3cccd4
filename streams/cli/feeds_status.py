"""How the feeds are, as a table or as JSON lines, once or again and again."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
import typer
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from schemas import FeedState
from streams.cli.context import out
from streams.cli.feeds_run import load_feeds
from streams.settings import Settings
from streams.sources.feeds.health import Health, health, latency
from streams.sources.feeds.run import read_states, state_of

EVERY: Final = timedelta(seconds=5)

COLORS: Final = {
    Health.NEW: "dim",
    Health.OK: "green",
    Health.FAILING: "red",
    Health.SILENT: "yellow",
    Health.RETIRED: "dim red",
}


async def show_status(settings: Settings, file: Path, *, watch: bool, json: bool) -> None:
    """Print the state of every feed of the file; until Ctrl-C if it is watched.

    Raises:
        UsageError: If the file cannot be used.
        BrokerError: If Kafka cannot be reached.
    """
    if json:
        for row in status_rows(await _states(settings, file), now=datetime.now(UTC)):
            typer.echo(orjson.dumps(row))
        return
    if not watch:
        out.print(status_table(await _states(settings, file), now=datetime.now(UTC)))
        return
    with Live(console=out, auto_refresh=False) as live:
        while True:
            table = status_table(await _states(settings, file), now=datetime.now(UTC))
            live.update(table, refresh=True)
            await asyncio.sleep(EVERY.total_seconds())


async def _states(settings: Settings, file: Path) -> list[FeedState]:
    feeds = load_feeds(file).feed
    states = await read_states(settings)
    return [state_of(feed, states) for feed in feeds]


def status_rows(states: list[FeedState], *, now: datetime) -> list[dict[str, Any]]:
    """Describe each feed, for programs."""
    rows = []
    for state in states:
        found = latency(state)
        rows.append(
            {
                "id": state.id,
                "url": state.url,
                "title": state.title,
                "health": health(state, now=now).value,
                "last_success": state.last_success,
                "next_poll": None if state.retired else state.next_poll,
                "interval_seconds": state.interval_seconds,
                "articles_per_day": round(state.usual_rate_per_day, 2),
                "articles": state.n_articles,
                "gaps": state.n_gaps,
                "failures": state.failures,
                "error": state.last_error,
                "latency_p50_seconds": found.p50,
                "latency_p95_seconds": found.p95,
            }
        )
    return rows


def status_table(states: list[FeedState], *, now: datetime) -> Table:
    """Draw the feeds, for people."""
    table = Table()
    for name in ("feed", "health", "last", "next", "every", "a day", "sent", "p50", "p95"):
        table.add_column(name, no_wrap=name in {"health", "a day"})
    table.add_column("error", overflow="fold")
    for state, row in zip(states, status_rows(states, now=now), strict=True):
        color = COLORS[health(state, now=now)]
        table.add_row(
            escape(state.id),
            f"[{color}]{row['health']}[/{color}]",
            _ago(row["last_success"], now),
            _ahead(row["next_poll"], now),
            duration(state.interval_seconds or None),
            f"{row['articles_per_day']:g}",
            f"{state.n_articles:,}",
            duration(row["latency_p50_seconds"]),
            duration(row["latency_p95_seconds"]),
            escape(state.last_error[:80]),
        )
    return table


def _ago(time: datetime | None, now: datetime) -> str:
    return "" if time is None else f"{duration((now - time).total_seconds())} ago"


def _ahead(time: datetime | None, now: datetime) -> str:
    if time is None:
        return ""
    return "now" if time <= now else f"in {duration((time - now).total_seconds())}"


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
