"""Run a replay before a person's eyes: progress, Ctrl-C, and a summary whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
import typer

from streams.cli.context import err
from streams.cli.course import Course, shown
from streams.cli.times import resolved
from streams.errors import UsageError
from streams.records import RawArticle
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.files.files import FoundFiles, find_files, utc_now
from streams.sources.replay.replay import (
    ReplayCounts,
    ReplayItem,
    articles_in_files,
    articles_in_kafka,
    newest_event_time,
    replay,
)
from streams.text.plural import plural

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C: 128 and the number of SIGINT, as shells have it."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to replay: the paths, or the raw topic where there are none."""

    paths: tuple[Path, ...]
    factor: float | None
    loops: int
    source: str
    start: datetime | timedelta | None
    end: datetime | timedelta | None


@dataclass
class _Course(Course[ReplayCounts]):
    """How far a replay is, and the last article for the hint how to follow one."""

    tally: ReplayCounts = field(default_factory=ReplayCounts)
    last: RawArticle | None = None


async def run_replay(
    settings_with_broker: Callable[[], Settings], wish: Wish, *, json: bool
) -> int:
    """Replay, and print what was sent, also when it ends early.

    Args:
        settings_with_broker: Called once the paths are known to exist.
        wish: What to replay.
        json: Whether the summary is one JSON object on stdout.

    Returns:
        The exit code: 0, 1 if something was refused, 130 after Ctrl-C.

    Raises:
        UsageError: If a path cannot be read.
        BrokerError: If Kafka cannot be reached or does not acknowledge.
    """
    found = [find_files(path) for path in wish.paths]
    _require_files(wish, found)
    settings = settings_with_broker()
    course = _Course()
    course.total = wish.loops * sum(file.stat().st_size for each in found for file in each.files)
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop):
            items = await _items(settings, wish, course)
            async with shown(course):
                await replay(
                    settings,
                    _watched(items, course),
                    now=utc_now,
                    tally=course.tally,
                    stop=stop,
                    factor=wish.factor,
                )
    finally:
        _summary(course, n_others=sum(each.n_others for each in found), stop=stop, json=json)
    if stop.is_set():
        return INTERRUPTED
    return 1 if course.tally.n_refused else 0


def _require_files(wish: Wish, found: list[FoundFiles]) -> None:
    for path, each in zip(wish.paths, found, strict=True):
        if not each.files:
            raise UsageError(f"{path}: holds no file that can be read")


async def _items(settings: Settings, wish: Wish, course: _Course) -> AsyncIterator[ReplayItem]:
    if wish.paths:
        return articles_in_files(
            wish.paths,
            now=utc_now,
            source=wish.source,
            loops=wish.loops,
            meter=course.meter,
        )
    newest = None
    if isinstance(wish.start, timedelta) or isinstance(wish.end, timedelta):
        newest = await newest_event_time(settings)
    return _again(settings, wish, course, newest)


async def _watched(items: AsyncIterator[ReplayItem], course: _Course) -> AsyncIterator[ReplayItem]:
    """Pass articles on, and keep the last for the hint how to follow one."""
    async for item in items:
        if isinstance(item, RawArticle):
            course.last = item
        yield item


async def _again(
    settings: Settings, wish: Wish, course: _Course, newest: datetime | None
) -> AsyncIterator[ReplayItem]:
    for _ in range(wish.loops):
        async for item in articles_in_kafka(
            settings,
            tally=course.tally,
            start=resolved(wish.start, newest),
            end=resolved(wish.end, newest),
            progress=course.read,
        ):
            yield item


def _summary(course: _Course, *, n_others: int, stop: asyncio.Event, json: bool) -> None:
    tally = course.tally
    if json:
        typer.echo(
            orjson.dumps(
                {
                    "sent": tally.n_sent,
                    "refused": tally.n_refused,
                    "reasons": dict(tally.refused),
                    "unreadable": tally.n_unreadable,
                    "files_left_alone": n_others,
                    "seconds": round(course.seconds, 3),
                    "interrupted": stop.is_set(),
                    "last_id": course.last.id if course.last else None,
                }
            )
        )
        return
    for line in _said(course, n_others, stop):
        err.print(line, highlight=False, soft_wrap=True)


def _said(course: _Course, n_others: int, stop: asyncio.Event) -> list[Any]:
    tally = course.tally
    lines = [f"{course}; {course.seconds:.1f} s"]
    if stop.is_set():
        lines[0] = f"stopped: {lines[0]}"
    if tally.refused:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in tally.refused.items())
        lines.append(f"refused: {reasons}; see them with `streams dead-letters list`")
    if tally.n_unreadable:
        lines.append(f"{plural(tally.n_unreadable, 'message')} of the topic could not be read")
    if n_others:
        files = "file of another kind was" if n_others == 1 else "files of other kinds were"
        lines.append(f"{n_others:,} {files} left alone")
    if tally.n_sent and course.last is not None:
        lines.append(f"what became of the last one: `streams why {course.last.id}`")
    return lines
