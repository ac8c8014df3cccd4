"""What a search would have sent: how many a day, and which."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.table import Table

from schemas import AlertKind, Subscription, encode
from streams.cli.alerts_shown import show_alert
from streams.cli.context import err, interactive, out
from streams.kafka.backtest import Backtest, backtest
from streams.settings import Settings

MAX_DAYS = 31
"""More days than these are not listed one by one."""


async def run_test(
    settings: Settings,
    query: str,
    *,
    start: datetime | timedelta,
    end: datetime | timedelta | None,
    kinds: Sequence[AlertKind],
    n: int,
    json: bool,
) -> None:
    """Print what a search would have sent.

    Args:
        settings: With a broker.
        query: Known to be one that a search may have.
        start: First moment of event time.
        end: The first one after it; none: the newest article.
        kinds: What it is to see.
        n: Show so many alerts; 0: all.
        json: Whether to print each alert as a line, and nothing else.
    """
    subscription = Subscription(id="test", query=query, kinds=tuple(dict.fromkeys(kinds)))
    found = await _backtest(settings, subscription, start, end)
    if json:
        for hit in found.hits:
            sys.stdout.write(encode(hit.alert).decode() + "\n")
        return
    for hit in found.hits[-n:] if n else found.hits:
        show_alert(hit.alert, hit.article)
    days = Counter(f"{hit.time:%Y-%m-%d}" for hit in found.hits)
    if 1 < len(days) <= MAX_DAYS:
        table = Table("day", "alerts")
        for day, count in sorted(days.items()):
            table.add_row(day, str(count))
        out.print(table)
    out.print(summary(found), highlight=False, soft_wrap=True)


async def _backtest(
    settings: Settings,
    subscription: Subscription,
    start: datetime | timedelta,
    end: datetime | timedelta | None,
) -> Backtest:
    if not interactive():
        return await backtest(settings, subscription, start=start, end=end)
    with err.status("reading the topics") as status:

        def show(done: int, total: int) -> None:
            status.update(f"reading the topics: {done:,} of {total:,} messages")

        return await backtest(settings, subscription, start=start, end=end, progress=show)


def summary(found: Backtest) -> str:
    """Say how many alerts there would have been, and how many a day.

    Examples:
        >>> from datetime import UTC
        >>> day = datetime(2026, 3, 1, tzinfo=UTC)
        >>> summary(Backtest(hits=(), n_articles=7, start=day, end=day + timedelta(days=2)))
        '0 alerts of 7 articles from 2026-03-01 00:00 to 2026-03-03 00:00 UTC: 0.0 a day'
    """
    if found.start is None or found.end is None:
        return "no articles: is anything on the topics? (`streams doctor`)"
    days = max((found.end - found.start) / timedelta(days=1), 1.0)
    return (
        f"{len(found.hits)} alerts of {found.n_articles:,} articles from "
        f"{found.start:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC: "
        f"{len(found.hits) / days:.1f} a day"
    )
