"""``streams subscribe``: the records of a route, as text or as JSON lines."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final

import typer
from rich.text import Text

from streams.cli._arguments import absolute_time, point_in_time
from streams.cli._output.console import INTERRUPTED, err, out, printable
from streams.cli._output.utc_time import utc_time
from streams.cli._settings import settings_with_broker
from streams.cli.why.describe import receipts_of_route
from streams.client import (
    receive,
    record_time,
    routed_or_named,
)
from streams.errors import BrokerError
from streams.kafka.decoding import sent_at
from streams.kafka.read import read_topics, record_in, topics_with_prefix
from streams.kafka.subscribe import Received, Start
from streams.records import (
    Alert,
    CleanArticle,
    DuplicateArticle,
    EnrichedArticle,
    Record,
    TimePrecision,
    encode,
    named_entities,
)
from streams.route.match.snippet import beginning
from streams.runtime.background import background_task
from streams.settings import Settings

N_ENTITIES = 6
"""Entities that fit on a line."""

WHY_CHARACTERS = 300
"""Two or three lines; `streams why` shows all reasons."""

CHECK_INTERVAL: Final = timedelta(seconds=5)
"""Time between two checks whether Kafka is available."""

CHECK_TIMEOUT: Final = timedelta(seconds=10)

CHECK_TOPIC: Final = "articles.raw.v1"
"""Any topic, because the check ignores whether it exists."""


def subscribe(
    route: Annotated[
        str,
        typer.Argument(
            metavar="ROUTE", help="Name of a route, `unmatched`, or a topic such as alerts.v1."
        ),
    ],
    *,
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            help="`beginning`, `end`, a time, or an age such as 7d, which counts back from the "
            "newest record.",
            show_default="end, or beginning with --until-end",
        ),
    ] = "end",
    n: Annotated[
        int, typer.Option("-n", min=0, help="Number of records to receive (0: unlimited).")
    ] = 0,
    json_: Annotated[bool, typer.Option("--json", help="Print one record per line.")] = False,
    group: Annotated[
        str, typer.Option(help="Consumer group: commit offsets and share partitions.")
    ] = "",
    until_end: Annotated[
        bool,
        typer.Option(
            "--until-end",
            help="Print the records that are on the topic now, then exit; from the beginning, "
            "unless `--from` says otherwise.",
        ),
    ] = False,
) -> None:
    """Receive the articles of a route within a second after routing.

    Records that are on the topic already are printed in the order of sending. With a group, the
    order holds only within each partition, and `--from` applies only if the group has no committed
    offset. Times are event times: the times at which articles were published.

    **Examples:**

    - `streams subscribe unmatched`
    - `streams subscribe us-russia --from 7d`
    - `streams subscribe us-russia --from beginning -n 10 --json`
    - `streams subscribe us-russia --until-end --json > articles.jsonl`
    """
    settings = settings_with_broker()
    receiving = print_records(
        settings,
        route,
        # From the end until the end there is nothing to print.
        from_="beginning" if until_end and from_ == "end" else from_,
        limit=n or None,
        json=json_,
        group=group or None,
        until_end=until_end,
    )
    try:
        asyncio.run(receiving)
    except KeyboardInterrupt:
        err.print("stopped", highlight=False)
        raise typer.Exit(INTERRUPTED) from None


async def print_records(
    settings: Settings,
    route: str,
    *,
    from_: str,
    limit: int | None,
    json: bool,
    group: str | None,
    until_end: bool = False,
) -> None:
    """Print the records of a route, until the limit, the end or Ctrl-C.

    Args:
        settings: Settings with a broker.
        route: Name of a route or topic.
        from_: Start as typed: ``beginning``, ``end``, a time or an age.
        limit: Maximum number of records; None for no limit.
        json: Whether to print JSON lines.
        group: Consumer group; None for none.
        until_end: Whether to return after the records that are on the topic now.

    Raises:
        UsageError: If the route does not exist, or the time is invalid.
    """
    start = await _start(settings, route, from_)

    def on_ready() -> None:
        if not (json or until_end):
            err.print(f"[dim]subscribed to {route}; Ctrl-C stops[/dim]", highlight=False)

    def warn(text: str) -> None:
        err.print(f"[yellow]{text}[/yellow]", highlight=False, soft_wrap=True)

    receiving = receive(
        route,
        group=group,
        from_=start,
        limit=limit,
        until_end=until_end,
        settings=settings,
        ready=on_ready,
    )
    watching = report_outages(str(settings.broker), partial(is_kafka_available, settings), warn)
    async with background_task(watching), aclosing(receiving) as records:
        async for received in records:
            if json:
                sys.stdout.write(encode(received.record).decode() + "\n")
                sys.stdout.flush()
            else:
                lines = Text("\n").join(record_lines(received))
                out.print(lines, soft_wrap=True, highlight=False)


async def _start(settings: Settings, route: str, from_: str) -> Start:
    if from_ == "beginning":
        return "beginning"
    if from_ == "end":
        return "end"
    point = point_in_time(from_, option="--from")
    newest = None
    if isinstance(point, timedelta):
        newest = await _newest(settings, await routed_or_named(settings, route))
    return absolute_time(point, newest) or "beginning"


async def _newest(settings: Settings, topic: str) -> datetime | None:
    """Return the latest event time in a topic; read the whole topic."""
    newest = None
    async for message in read_topics(settings, topic):
        record = record_in(message, settings)
        if record is None:
            continue
        time = record_time(record, sent_at(message))
        newest = time if newest is None else max(newest, time)
    return newest


def record_lines(item: Received) -> list[Text]:
    """Return a record as a few lines: headline, source and time, entities, reasons."""
    record = item.record
    lines = [
        Text.assemble((f"{item.sent:%H:%M:%S} ", "dim"), (printable(_headline(record)), "bold"))
    ]
    facts = [fact for fact in _facts(record) if fact]
    if facts:
        lines.append(Text("         " + printable(" · ".join(facts)), "dim"))
    named = named_entities(record.entities) if isinstance(record, EnrichedArticle | Alert) else ()
    if named:
        names = ", ".join(entity.name for entity in named[:N_ENTITIES])
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
        return beginning(record.text, 80) or "(no title)"
    if isinstance(record, Alert):
        return beginning(record.summary, 80) or "(no title)"
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
        time = utc_time(record.published) if record.published else ""
        return [record.source, time, record.kind.value, record.url]
    return [str(getattr(record, name, "")) for name in ("source", "stage", "detail", "url")]


def _published(article: CleanArticle) -> str:
    time = article.published.time
    if time is None:
        return "date unknown"
    if article.published.precision is TimePrecision.DAY:
        return f"{time:%Y-%m-%d}"
    return utc_time(time)


def _why(record: Record, topic: str) -> str:
    if isinstance(record, Alert):
        matched = ", ".join(clause.text for clause in record.clauses)
        return beginning(f"{record.subscription_id}: {matched}", WHY_CHARACTERS)
    all_receipts = record.receipts if isinstance(record, CleanArticle) else ()
    receipts = receipts_of_route(
        tuple(each for each in all_receipts if each.stage == "route"), topic
    )
    # Of an unmatched article it would be a clause of every rule; `streams why` shows them.
    receipts = tuple(receipt for receipt in receipts if receipt.decision != "unmatched")
    reasons = [
        f"{receipt.rule or receipt.decision}" + (f" ({receipt.evidence})" * bool(receipt.evidence))
        for receipt in receipts
    ]
    return beginning("why: " + "; ".join(reasons), WHY_CHARACTERS) if reasons else ""


async def report_outages(
    broker: str,
    is_available: Callable[[], Awaitable[bool]],
    warn: Callable[[str], None],
    *,
    interval: timedelta = CHECK_INTERVAL,
) -> None:
    """Check forever whether Kafka is available, and report each change.

    Args:
        broker: Address of the broker, for the messages.
        is_available: Checks whether Kafka is available.
        warn: Prints a message.
        interval: Time between two checks.
    """
    was_available = True
    while True:
        await asyncio.sleep(interval.total_seconds())
        available = await is_available()
        if available == was_available:
            continue
        was_available = available
        if available:
            warn(f"Kafka at {broker} is available again")
        else:
            warn(f"Kafka at {broker} is unavailable; waiting for it, no record is lost")


async def is_kafka_available(settings: Settings) -> bool:
    """Return whether Kafka answers in time."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT.total_seconds()):
            await topics_with_prefix(settings, CHECK_TOPIC)
    except (BrokerError, TimeoutError):
        return False
    return True
