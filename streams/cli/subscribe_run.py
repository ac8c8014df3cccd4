"""Receive records and print them: three lines a person reads, or one that a program does."""

import sys
from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
from textwrap import shorten

from rich.text import Text

from streams.cli.context import err, out
from streams.cli.kafka_watch import kafka_answers, tell_when_away
from streams.cli.printable import printable
from streams.cli.times import point_in_time, resolved
from streams.cli.why_words import of_route
from streams.client import receive, record_time, routed_or_named
from streams.kafka.read import read_topics, record_in, sent_at
from streams.kafka.subscribe import Received, Start
from streams.records import (
    Alert,
    CleanArticle,
    DuplicateArticle,
    EnrichedArticle,
    Record,
    TimePrecision,
    encode,
)
from streams.runtime.background import background_task
from streams.settings import Settings

N_ENTITIES = 6
"""As many entities as fit beside each other."""

WHY_CHARACTERS = 300
"""Two or three lines; `streams why` tells all of it."""


async def run_subscribe(
    settings: Settings, route: str, *, from_: str, limit: int | None, json: bool, group: str | None
) -> None:
    """Print what a route receives, until the limit or Ctrl-C.

    Args:
        settings: With a broker.
        route: Name of a route or topic.
        from_: As typed: ``beginning``, ``end``, a time.
        limit: End after so many; None: never.
        json: Whether each record is one line of JSON.
        group: Whose place is kept; None: nobody's.

    Raises:
        UsageError: If there is no such route, or the time cannot be read.
    """
    start = await _start(settings, route, from_)

    def ready() -> None:
        if not json:
            err.print(f"[dim]subscribed to {route}; Ctrl-C stops[/dim]", highlight=False)

    receiving = receive(
        route, group=group, from_=start, limit=limit, settings=settings, ready=ready
    )
    watching = tell_when_away(
        str(settings.broker),
        partial(kafka_answers, settings),
        lambda said: err.print(f"[yellow]{said}[/yellow]", highlight=False, soft_wrap=True),
    )
    async with background_task(watching), aclosing(receiving) as items:
        async for item in items:
            if json:
                sys.stdout.write(encode(item.record).decode() + "\n")
                sys.stdout.flush()
            else:
                out.print(Text("\n").join(described(item)), soft_wrap=True, highlight=False)


async def _start(settings: Settings, route: str, from_: str) -> Start:
    if from_ == "beginning":
        return "beginning"
    if from_ == "end":
        return "end"
    point = point_in_time(from_, option="--from")
    newest = None
    if isinstance(point, timedelta):
        newest = await _newest(settings, await routed_or_named(settings, route))
    return resolved(point, newest) or "beginning"


async def _newest(settings: Settings, topic: str) -> datetime | None:
    """Give the latest event time in a topic; reads it whole."""
    newest = None
    async for message in read_topics(settings, topic):
        try:
            time = record_time(record_in(message, settings), sent_at(message))
        except ValueError:
            continue
        newest = time if newest is None else max(newest, time)
    return newest


def described(item: Received) -> list[Text]:
    """Describe a record in a few lines: headline, where and when, whom it names, why it came."""
    record = item.record
    lines = [
        Text.assemble((f"{item.sent:%H:%M:%S} ", "dim"), (printable(_headline(record)), "bold"))
    ]
    facts = [fact for fact in _facts(record) if fact]
    if facts:
        lines.append(Text("         " + printable(" · ".join(facts)), "dim"))
    if isinstance(record, EnrichedArticle | Alert) and record.entities:
        names = ", ".join(entity.name for entity in record.entities[:N_ENTITIES])
        lines.append(Text(f"         {printable(names)}", "cyan"))
    why = _why(record, item.topic)
    if why:
        lines.append(Text(f"         {printable(why)}", "green"))
    return lines


def _headline(record: Record) -> str:
    title = str(getattr(record, "title", ""))
    if title:
        return title
    if isinstance(record, CleanArticle):
        return record.text[:80] or "(no title)"
    if isinstance(record, Alert):
        return record.summary[:80] or "(no title)"
    known = getattr(record, "reason", "") or getattr(record, "id", "")
    return f"{type(record).__name__} {known}".strip()


def _facts(record: Record) -> list[str]:
    if isinstance(record, CleanArticle):
        facts = [record.site.name or record.source, _published(record), record.language.code]
        if isinstance(record, DuplicateArticle):
            facts.append(f"{record.change} of {record.duplicate_of} ({record.similarity:.0%})")
        elif isinstance(record, EnrichedArticle) and record.revision.number > 1:
            facts.append(f"revision {record.revision.number}")
        return [*facts, record.url]
    if isinstance(record, Alert):
        time = f"{record.published:%Y-%m-%d %H:%M} UTC" if record.published else ""
        return [record.source, time, record.kind.value, record.url]
    return [str(getattr(record, name, "")) for name in ("source", "stage", "detail", "url")]


def _published(article: CleanArticle) -> str:
    time = article.published.time
    if time is None:
        return "date unknown"
    if article.published.precision is TimePrecision.DAY:
        return f"{time:%Y-%m-%d}"
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _why(record: Record, topic: str) -> str:
    if isinstance(record, Alert):
        matched = ", ".join(clause.text for clause in record.clauses)
        return shorten(f"{record.subscription_id}: {matched}", WHY_CHARACTERS)
    given = record.receipts if isinstance(record, CleanArticle) else ()
    receipts = of_route(tuple(each for each in given if each.stage == "route"), topic)
    reasons = [
        f"{receipt.rule or receipt.decision}" + (f" ({receipt.evidence})" * bool(receipt.evidence))
        for receipt in receipts
    ]
    return shorten("why: " + "; ".join(reasons), WHY_CHARACTERS) if reasons else ""
