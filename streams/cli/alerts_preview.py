"""Show what a message will look like."""

import sys
from datetime import timedelta

from streams.alerts.backtest import backtest
from streams.alerts.policy import MessageKind
from streams.alerts.sample import sample_alert
from streams.alerts.store import read_searches
from streams.alerts.templates.format import BodyFormat
from streams.alerts.templates.render import render_message
from streams.cli.alerts_run import alerts_of
from streams.cli.alerts_wishes import Wishes, wished
from streams.cli.context import err, out
from streams.config.channels import AppriseService, Email, channel_of
from streams.config.channels_file import load_channels
from streams.records import Alert, Subscription
from streams.route.search_query import parse_search
from streams.settings import Settings
from streams.text.plural import plural

SINCE = timedelta(days=7)
"""So far back a query is tried."""


_FORMATS: dict[type, list[BodyFormat]] = {
    Email: [BodyFormat.TEXT, BodyFormat.HTML],
    AppriseService: [BodyFormat.MARKDOWN],
}
"""Of channels that people read; all others carry plain text, or records as they are."""


async def run_preview(
    settings: Settings,
    search: str,
    wishes: Wishes,
    *,
    channel: str,
    format_: BodyFormat | None,
    n: int,
) -> None:
    """Print a message.

    Args:
        settings: With a broker.
        search: Id of a saved search, or a query.
        wishes: Templates to try instead of its own.
        channel: Name or address whose format is taken; empty: plain text.
        format_: Taken instead.
        n: Alerts in it.

    Raises:
        UsageError: If the query, a template or the channel cannot be used.
    """
    channels = load_channels(settings.channels)
    subscription = (await read_searches(settings)).get(search)
    if subscription is None:
        parse_search(search)
        err.print(f"no saved search is called {search}: taken as a query", markup=False)
        query = Subscription(id="preview", query=search)
        found = [hit.alert for hit in (await backtest(settings, query, start=SINCE)).hits]
        subscription = query
    else:
        found = await alerts_of(settings, subscription.id)
    subscription = wished(subscription, wishes, channels)
    kind = channel_of(channels, channel, owner=subscription.owner).kind if channel else None
    formats = [format_] if format_ else _FORMATS.get(type(kind), [BodyFormat.TEXT])
    _show(subscription, found[-n:] or [sample_alert(subscription)] * n, formats, real=bool(found))


def _show(
    subscription: Subscription, alerts: list[Alert], formats: list[BodyFormat], *, real: bool
) -> None:
    form = MessageKind.DIGEST if len(alerts) > 1 else MessageKind.SINGLE
    latest = f"the latest {plural(len(alerts), 'alert')}" if len(alerts) > 1 else "the latest alert"
    err.print(f"[dim]{latest if real else 'an invented alert'}[/dim]", highlight=False)
    for number, format_ in enumerate(formats):
        message = render_message(alerts, subscription, form=form, format_=format_)
        if message.problem:
            err.print(f"the default is taken: {message.problem}", style="yellow", markup=False)
        if number == 0:
            out.print(message.title, style="bold", markup=False, highlight=False, soft_wrap=True)
            sys.stdout.write("\n")
        sys.stdout.write(message.body + "\n")
        sys.stdout.flush()
