"""``streams replay``: articles from files, or from the raw topic, into the raw topic."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer

from streams.cli._arguments import JsonSummary, absolute_time, point_in_time
from streams.cli._files import require_files
from streams.cli._output.console import INTERRUPTED, err
from streams.cli._output.progress import Progress, show_progress
from streams.cli._settings import settings_with_broker
from streams.errors import UsageError
from streams.records import RawArticle
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings
from streams.sources.files.files import utc_now
from streams.sources.replay.replay import (
    ReplayCounts,
    ReplayItem,
    articles_in_files,
    articles_in_kafka,
    newest_event_time,
)
from streams.sources.replay.replay import replay as send_articles
from streams.text.plural import plural

RAW_TOPIC = "articles.raw.v1"


def replay(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files or folders: .txt, .html, .jsonl, .warc, each also as .gz; .jsonl.xz.",
        ),
    ] = None,
    *,
    speed: Annotated[
        str,
        typer.Option(help="`max`, or a multiple of the speed of publication: 1, 60, 3600."),
    ] = "max",
    loop: Annotated[int, typer.Option(min=1, help="Number of times to send everything.")] = 1,
    source: Annotated[
        str, typer.Option(help="Name of the source (default: name of the file or folder).")
    ] = "",
    topic: Annotated[
        str, typer.Option(help=f"Instead of files, replay this topic: {RAW_TOPIC}.")
    ] = "",
    from_: Annotated[
        str,
        typer.Option("--from", help="With --topic: first event time, or an age such as 7d."),
    ] = "",
    to: Annotated[str, typer.Option(help="With --topic: event time to stop before.")] = "",
    json_: JsonSummary = False,
) -> None:
    """Send articles into the pipeline, and wait until Kafka has them.

    What is not an article, or is larger than 4 MiB, becomes a dead letter (exit code 1). Ctrl-C
    stops cleanly and prints the summary.

    **Examples:**

    - `streams replay seeds`
    - `streams replay wire.jsonl.xz --speed 3600`
    - `streams replay --topic articles.raw.v1 --from 7d`
    """
    if bool(paths) == bool(topic):
        raise UsageError("replay: expected files or folders, or --topic, but not both")
    if topic not in ("", RAW_TOPIC):
        raise UsageError(f"--topic {topic}: only {RAW_TOPIC} can be replayed")
    if (from_ or to) and not topic:
        raise UsageError("--from and --to require --topic; files are sent whole")
    options = ReplayOptions(
        paths=tuple(paths or ()),
        factor=_speed_factor(speed),
        loops=loop,
        source=source,
        start=point_in_time(from_, option="--from") if from_ else None,
        end=point_in_time(to, option="--to") if to else None,
    )
    replaying = replay_articles(settings_with_broker, options, json=json_)
    raise typer.Exit(asyncio.run(replaying))


def _speed_factor(speed: str) -> float | None:
    if speed == "max":
        return None
    try:
        factor = float(speed.removesuffix("x"))
    except ValueError:
        factor = 0
    if not 0 < factor < float("inf"):
        raise UsageError(f"--speed {speed}: expected `max` or a number above 0, such as 60")
    return factor


@dataclass(frozen=True, kw_only=True)
class ReplayOptions:
    """The options of ``streams replay``.

    Attributes:
        paths: Files and folders; empty for the raw topic.
        factor: Multiple of the speed of publication; None for maximum speed.
        loops: Number of times to send everything.
        source: Name of the source; empty for the name of the file or folder.
        start: First event time.
        end: Event time to stop before.
    """

    paths: tuple[Path, ...]
    factor: float | None
    loops: int
    source: str
    start: datetime | timedelta | None
    end: datetime | timedelta | None


@dataclass
class _Progress(Progress[ReplayCounts]):
    """Progress of a replay, with the last article for the hint how to trace one."""

    tally: ReplayCounts = field(default_factory=ReplayCounts)
    last: RawArticle | None = None
    n_others: int = 0


async def replay_articles(
    settings_with_broker: Callable[[], Settings], options: ReplayOptions, *, json: bool
) -> int:
    """Replay articles, and print a summary, even after an error.

    Args:
        settings_with_broker: Called once the paths are known to exist.
        options: What to replay.
        json: Whether to print the summary as JSON.

    Returns:
        The exit code: 0, 1 if something was refused, 130 after Ctrl-C.

    Raises:
        UsageError: If a path cannot be read.
        BrokerError: If Kafka is unreachable or does not acknowledge.
    """
    progress = _Progress()
    for path in options.paths:
        found = require_files(path)
        progress.total += options.loops * sum(file.stat().st_size for file in found.files)
        progress.n_others += found.n_others
    settings = settings_with_broker()
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop):
            items = await _items(settings, options, progress)
            async with show_progress(progress):
                await send_articles(
                    settings,
                    _remember_last(items, progress),
                    now=utc_now,
                    tally=progress.tally,
                    stop=stop,
                    factor=options.factor,
                )
    finally:
        _print_summary(progress, stopped=stop.is_set(), json=json)
    if stop.is_set():
        return INTERRUPTED
    return 1 if progress.tally.n_refused else 0


async def _items(
    settings: Settings, options: ReplayOptions, progress: _Progress
) -> AsyncIterator[ReplayItem]:
    if options.paths:
        return articles_in_files(
            options.paths,
            now=utc_now,
            source=options.source,
            loops=options.loops,
            meter=progress.meter,
        )
    newest = None
    if isinstance(options.start, timedelta) or isinstance(options.end, timedelta):
        newest = await newest_event_time(settings)
    return _topic_items(settings, options, progress, newest)


async def _remember_last(
    items: AsyncIterator[ReplayItem], progress: _Progress
) -> AsyncIterator[ReplayItem]:
    async for item in items:
        if isinstance(item, RawArticle):
            progress.last = item
        yield item


async def _topic_items(
    settings: Settings, options: ReplayOptions, progress: _Progress, newest: datetime | None
) -> AsyncIterator[ReplayItem]:
    for _ in range(options.loops):
        async for item in articles_in_kafka(
            settings,
            tally=progress.tally,
            start=absolute_time(options.start, newest),
            end=absolute_time(options.end, newest),
            progress=progress.update,
        ):
            yield item


def _print_summary(progress: _Progress, *, stopped: bool, json: bool) -> None:
    tally = progress.tally
    if json:
        row = {
            "sent": tally.n_sent,
            "refused": tally.n_refused,
            "reasons": dict(tally.refused),
            "unreadable": tally.n_unreadable,
            "files_left_alone": progress.n_others,
            "seconds": round(progress.seconds, 3),
            "interrupted": stopped,
            "last_id": progress.last.id if progress.last else None,
        }
        typer.echo(orjson.dumps(row))
        return
    for line in _summary_lines(progress, stopped=stopped):
        err.print(line, highlight=False, soft_wrap=True)


def _summary_lines(progress: _Progress, *, stopped: bool) -> list[str]:
    tally = progress.tally
    lines = [f"{'stopped: ' * stopped}{progress}; {progress.seconds:.1f} s"]
    if tally.refused:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in tally.refused.items())
        lines.append(f"refused: {reasons}; see `streams dead-letters list`")
    if tally.n_unreadable:
        lines.append(f"skipped {plural(tally.n_unreadable, 'unreadable message')} of the topic")
    if progress.n_others:
        lines.append(f"skipped {plural(progress.n_others, 'file')} of an unsupported type")
    if tally.n_sent and progress.last is not None:
        lines.append(f"trace the last article: `streams why {progress.last.id}`")
    return lines
