"""What a search would have sent: how many a day, and which."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.table import Table

from streams.alerts.backtest import Backtest, backtest
from streams.alerts.forecast import PlannedMessage, forecast
from streams.alerts.policy import HOUR, PendingAlert
from streams.alerts.store import read_searches
from streams.cli.alerts_shown import show_alert
from streams.cli.alerts_wishes import Wishes, wished
from streams.cli.context import err, interactive, out
from streams.config.channels import Channels
from streams.errors import UsageError
from streams.records import Subscription, encode
from streams.settings import Settings
from streams.text.plural import plural

MAX_DAYS = 31
"""More days than these are not listed one by one."""


async def run_test(
    settings: Settings,
    query: str,
    wishes: Wishes,
    *,
    id_: str,
    start: datetime | timedelta,
    end: datetime | timedelta | None,
    n: int,
    json: bool,
) -> None:
    """Print what a search would have sent.

    Args:
        settings: With a broker.
        query: What it looks for; empty: what the saved search does.
        wishes: What it is to see, and how it is delivered.
        id_: Of the saved search from which is taken what is not given; empty: none.
        start: First moment of event time.
        end: The first one after it; none: the newest article.
        n: Show so many alerts; 0: all.
        json: Whether to print each alert as a line, and nothing else.

    Raises:
        UsageError: If the query or a wish cannot be used.
    """
    before = Subscription(id="test", query=query or "none")
    if id_:
        before = (await read_searches(settings)).get(id_, before)
        if before.id != id_:
            raise UsageError(f"--id {id_}: no such saved search, see `streams alerts list`")
    elif not query:
        raise UsageError("say what to look for: streams alerts test QUERY, or --id ID")
    subscription = wished(before, wishes, Channels())
    found = await _backtest(settings, subscription, start, end)
    if json:
        for hit in found.hits:
            sys.stdout.write(encode(hit.alert).decode() + "\n")
        return
    for hit in found.hits[-n:] if n else found.hits:
        show_alert(hit.alert, hit.article)
    alerts = [PendingAlert(hit.alert.id, hit.time) for hit in found.hits]
    sent = forecast(alerts, subscription)
    days = Counter(f"{hit.time:%Y-%m-%d}" for hit in found.hits)
    sent_days = Counter(f"{one.time:%Y-%m-%d}" for one in sent)
    if 1 < len(days) <= MAX_DAYS:
        table = Table("day", "alerts", "messages")
        for day in sorted(days.keys() | sent_days.keys()):
            table.add_row(day, str(days[day]), str(sent_days[day]))
        out.print(table)
    out.print(summary(found), highlight=False, soft_wrap=True)
    out.print(messages_summary(sent, found), highlight=False, soft_wrap=True)


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
    return (
        f"{plural(len(found.hits), 'alert')} of {plural(found.n_articles, 'article')} from "
        f"{found.start:%Y-%m-%d %H:%M} to {found.end:%Y-%m-%d %H:%M} UTC: "
        f"{len(found.hits) / _days(found):.1f} a day"
    )


def messages_summary(sent: Sequence[PlannedMessage], found: Backtest) -> str:
    """Say how many messages that would have been, after digest, quiet hours and limit.

    Examples:
        >>> from datetime import UTC
        >>> day = datetime(2026, 3, 1, tzinfo=UTC)
        >>> nothing = Backtest(hits=(), n_articles=7, start=day, end=day + timedelta(days=2))
        >>> from streams.alerts.policy import MessageKind, AlertGroup
        >>> groups = [AlertGroup(MessageKind.SINGLE, (str(n),)) for n in range(6)]
        >>> some = [PlannedMessage(day + n * HOUR / 4, group) for n, group in enumerate(groups)]
        >>> messages_summary(some, nothing)
        'would have sent 6 messages: 3.0 a day, busiest hour 4 (from 2026-03-01 00:00 UTC)'
    """
    if not sent:
        return "would have sent no message"
    n_together = sum(len(one.group.ids) > 1 for one in sent)
    digests = f", {plural(n_together, 'digest')} among them" if n_together else ""
    most, start = busiest_hour([one.time for one in sent])
    return (
        f"would have sent {plural(len(sent), 'message')}{digests}: "
        f"{len(sent) / _days(found):.1f} a day, busiest hour {most} "
        f"(from {start:%Y-%m-%d %H:%M} UTC)"
    )


def busiest_hour(times: Sequence[datetime]) -> tuple[int, datetime]:
    """Find the hour with most of some times, which are in order: how many, and when it begins."""
    best, first = (0, times[0]), 0
    for place, time in enumerate(times):
        while times[first] <= time - HOUR:
            first += 1
        best = max(best, (place - first + 1, times[first]), key=lambda one: one[0])
    return best


def _days(found: Backtest) -> float:
    if found.start is None or found.end is None:
        return 1.0
    return max((found.end - found.start) / timedelta(days=1), 1.0)
