"""``streams alerts test``: the alerts that a search would have sent."""

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from streams.alerts.backtest import Backtest, backtest
from streams.alerts.forecast import PlannedMessage, forecast
from streams.alerts.policy import HOUR, PendingAlert
from streams.alerts.store import read_searches
from streams.cli._arguments import JsonLines, point_in_time
from streams.cli._output.console import out
from streams.cli._output.progress import show_topic_reading
from streams.cli._output.utc_time import utc_time
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._format import print_alert
from streams.cli.alerts._options import Digest, Kinds, MaxPerHour, Quiet
from streams.cli.alerts._parse import SearchOptions, apply_options
from streams.config.channels import Channels
from streams.errors import UsageError
from streams.records import Subscription, encode
from streams.settings import Settings
from streams.text.plural import plural

MAX_DAYS = 31
"""Maximum number of days listed in the table."""


def backtest_search(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="Query, see docs/reference/queries.md.")
    ] = "",
    *,
    id_: Annotated[
        str, typer.Option("--id", help="Use this saved search for the options not given.")
    ] = "",
    since: Annotated[
        str,
        typer.Option("--since", "--from", help="First event time: 2026-03-01, or an age: 7d."),
    ] = "7d",
    to: Annotated[
        str, typer.Option("--to", help="Event time to stop before (default: the newest article).")
    ] = "",
    kinds: Kinds = None,
    digest: Digest = None,
    quiet: Quiet = None,
    max_per_hour: MaxPerHour = None,
    n: Annotated[int, typer.Option("-n", min=0, help="Number of alerts to show (0: all).")] = 10,
    json_: JsonLines = False,
) -> None:
    """Show the alerts that a search would have sent, and how many messages a day.

    Reads the enriched articles and the duplicates that Kafka holds. Digest, quiet hours and limit
    are applied in event time. Nothing is saved or sent.

    **Examples:**

    - `streams alerts test '"central bank*" near/8 rate*' --since 7d --digest 15m`
    - `streams alerts test --id rates --max-per-hour 5`
    - `streams alerts test bridge --from 2026-03-01 --to 2026-03-08 --json`
    """
    options = SearchOptions(
        query=query or None,
        kinds=kinds or None,
        digest=digest,
        quiet=quiet,
        max_per_hour=max_per_hour,
    )
    start = point_in_time(since, option="--since")
    end = point_in_time(to, option="--to") if to else None
    printing = print_backtest(
        settings_with_broker(), options, id_=id_, start=start, end=end, n=n, json=json_
    )
    asyncio.run(printing)


async def print_backtest(
    settings: Settings,
    options: SearchOptions,
    *,
    id_: str,
    start: datetime | timedelta,
    end: datetime | timedelta | None,
    n: int,
    json: bool,
) -> None:
    """Print the alerts that a search would have sent.

    Args:
        settings: Settings with a broker.
        options: Query, kinds of articles, and delivery.
        id_: Id of the saved search for the options not given; empty for none.
        start: First event time.
        end: Event time to stop before; None for the newest article.
        n: Number of alerts to show; 0 for all.
        json: Whether to print each alert as a line, and nothing else.

    Raises:
        UsageError: If the query or an option is invalid.
    """
    search = apply_options(await _search(settings, options, id_), options, Channels())
    with show_topic_reading() as progress:
        result = await backtest(settings, search, start=start, end=end, progress=progress)
    if json:
        for hit in result.hits:
            sys.stdout.write(encode(hit.alert).decode() + "\n")
        return
    for hit in result.hits[-n:] if n else result.hits:
        print_alert(hit.alert, hit.article)
    messages = forecast([PendingAlert(hit.alert.id, hit.time) for hit in result.hits], search)
    _print_days(result, messages)
    out.print(alerts_summary(result), highlight=False, soft_wrap=True)
    out.print(messages_summary(messages, result), highlight=False, soft_wrap=True)


async def _search(settings: Settings, options: SearchOptions, id_: str) -> Subscription:
    """Return the saved search of this id, or a new search with the query."""
    if not id_:
        if not options.query:
            raise UsageError("missing QUERY: streams alerts test QUERY, or --id ID")
        return Subscription(id="test", query=options.query)
    searches = await read_searches(settings)
    if id_ not in searches:
        raise UsageError(f"--id {id_}: no such saved search; see `streams alerts list`")
    return searches[id_]


def _print_days(result: Backtest, messages: Sequence[PlannedMessage]) -> None:
    """Print alerts and messages by day, if there are several days."""
    alerts_by_day = Counter(f"{hit.time:%Y-%m-%d}" for hit in result.hits)
    messages_by_day = Counter(f"{message.time:%Y-%m-%d}" for message in messages)
    if not 1 < len(alerts_by_day) <= MAX_DAYS:
        return
    table = Table("day", "alerts", "messages")
    for day in sorted(alerts_by_day.keys() | messages_by_day.keys()):
        table.add_row(day, str(alerts_by_day[day]), str(messages_by_day[day]))
    out.print(table)


def alerts_summary(result: Backtest) -> str:
    """Return the number of alerts, in total and per day.

    Examples:
        >>> from datetime import UTC
        >>> day = datetime(2026, 3, 1, tzinfo=UTC)
        >>> alerts_summary(Backtest(hits=(), n_articles=7, start=day, end=day + timedelta(days=2)))
        '0 alerts for 7 articles from 2026-03-01 00:00 to 2026-03-03 00:00 UTC: 0.0 per day'
    """
    if result.start is None or result.end is None:
        return "no articles on the topics; check the pipeline with `streams doctor`"
    return (
        f"{plural(len(result.hits), 'alert')} for {plural(result.n_articles, 'article')} from "
        f"{utc_time(result.start).removesuffix(' UTC')} to {utc_time(result.end)}: "
        f"{len(result.hits) / _days(result):.1f} per day"
    )


def messages_summary(messages: Sequence[PlannedMessage], result: Backtest) -> str:
    """Return the number of messages after digest, quiet hours and limit.

    Examples:
        >>> from datetime import UTC
        >>> day = datetime(2026, 3, 1, tzinfo=UTC)
        >>> empty = Backtest(hits=(), n_articles=7, start=day, end=day + timedelta(days=2))
        >>> from streams.alerts.policy import MessageKind, AlertGroup
        >>> groups = [AlertGroup(MessageKind.SINGLE, (str(n),)) for n in range(6)]
        >>> some = [PlannedMessage(day + n * HOUR / 4, group) for n, group in enumerate(groups)]
        >>> messages_summary(some, empty)
        'would have sent 6 messages: 3.0 per day, busiest hour 4 (from 2026-03-01 00:00 UTC)'
    """
    if not messages:
        return "would have sent no messages"
    n_digests = sum(len(message.group.ids) > 1 for message in messages)
    digests = f", including {plural(n_digests, 'digest')}" if n_digests else ""
    n_busiest, start = busiest_hour([message.time for message in messages])
    return (
        f"would have sent {plural(len(messages), 'message')}{digests}: "
        f"{len(messages) / _days(result):.1f} per day, busiest hour {n_busiest} "
        f"(from {utc_time(start)})"
    )


def busiest_hour(times: Sequence[datetime]) -> tuple[int, datetime]:
    """Return the largest number of times within an hour, and the start of that hour.

    Args:
        times: At least one, in order.
    """
    best, first = (0, times[0]), 0
    for index, time in enumerate(times):
        while times[first] <= time - HOUR:
            first += 1
        best = max(best, (index - first + 1, times[first]), key=lambda hour: hour[0])
    return best


def _days(result: Backtest) -> float:
    if result.start is None or result.end is None:
        return 1.0
    return max((result.end - result.start) / timedelta(days=1), 1.0)
