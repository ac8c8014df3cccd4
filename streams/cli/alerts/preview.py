"""``streams alerts preview``: a message as its receiver will see it."""

import asyncio
import sys
from datetime import timedelta
from typing import Annotated

import typer

from streams.alerts.backtest import backtest
from streams.alerts.policy import MessageKind
from streams.alerts.sample import sample_alert
from streams.alerts.store import read_searches
from streams.alerts.templates.format import BodyFormat
from streams.alerts.templates.process import TemplateProcess
from streams.cli._output.console import err, out
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._lookup import read_alerts
from streams.cli.alerts._options import Body, Title
from streams.cli.alerts._parse import SearchOptions, apply_options
from streams.config.channels import AppriseService, ChannelKind, Email, Plugin, channel_of
from streams.config.channels_file import load_channels
from streams.deliver.channels.plugin import formats_of
from streams.records import Alert, Subscription
from streams.route.search_query import parse_search
from streams.settings import Settings
from streams.text.plural import plural

BACKTEST_PERIOD = timedelta(days=7)
"""Period in which alerts of a query that is not saved are looked for."""

_FORMATS: dict[type, list[BodyFormat]] = {
    Email: [BodyFormat.TEXT, BodyFormat.HTML],
    AppriseService: [BodyFormat.MARKDOWN],
}
"""Formats of channels that people read; the others carry plain text, or the record itself."""


def preview(
    search: Annotated[
        str, typer.Argument(metavar="ID|QUERY", help="Id of a saved search, or a query.")
    ],
    *,
    channel: Annotated[
        str, typer.Option(help="Use the format of this channel of channels.toml.")
    ] = "",
    format_: Annotated[
        BodyFormat | None, typer.Option("--format", help="Use this format; an e-mail has two.")
    ] = None,
    n: Annotated[
        int, typer.Option("-n", min=1, max=1000, help="Number of alerts; more than one: a digest.")
    ] = 1,
    title: Title = None,
    body: Body = None,
) -> None:
    """Show a message about the latest alert of a search, or about a sample alert.

    The templates given here are used, but not saved.

    **Examples:**

    - `streams alerts preview rates`
    - `streams alerts preview rates -n 5 --format html`
    - `streams alerts preview bridge --title '{{ search.name }}: {{ alert.title|upper }}'`
    """
    options = SearchOptions(title=title, body=body)
    printing = print_preview(
        settings_with_broker(), search, options, channel=channel, format_=format_, n=n
    )
    asyncio.run(printing)


async def print_preview(
    settings: Settings,
    search: str,
    options: SearchOptions,
    *,
    channel: str,
    format_: BodyFormat | None,
    n: int,
) -> None:
    """Print a message.

    Args:
        settings: Settings with a broker.
        search: Id of a saved search, or a query.
        options: Templates to use instead of those of the search.
        channel: Name or URL of the channel whose format to use; empty for plain text.
        format_: Format to use instead.
        n: Number of alerts.

    Raises:
        UsageError: If the query, a template or the channel is invalid.
    """
    channels = load_channels(settings.channels)
    saved = (await read_searches(settings)).get(search)
    if saved is None:
        parse_search(search)
        err.print(f"no saved search {search}; using it as a query", markup=False)
        saved = Subscription(id="preview", query=search)
        hits = (await backtest(settings, saved, start=BACKTEST_PERIOD)).hits
        alerts = [hit.alert for hit in hits]
    else:
        alerts = await read_alerts(settings, saved.id)
    changed = apply_options(saved, options, channels)
    kind = channel_of(channels, channel, owner=changed.owner).kind if channel else None
    formats = [format_] if format_ else _formats(kind)
    err.print(f"[dim]{_origin(alerts, n)}[/dim]", highlight=False)
    _print_messages(changed, alerts[-n:] or [sample_alert(changed)] * n, formats)


def _origin(alerts: list[Alert], n: int) -> str:
    if not alerts:
        return "a sample alert"
    n_shown = min(n, len(alerts))
    return "the latest alert" if n_shown == 1 else f"the latest {plural(n_shown, 'alert')}"


def _formats(kind: ChannelKind | None) -> list[BodyFormat]:
    if isinstance(kind, Plugin):
        return list(formats_of(kind)) or [BodyFormat.TEXT]
    return _FORMATS.get(type(kind), [BodyFormat.TEXT])


def _print_messages(search: Subscription, alerts: list[Alert], formats: list[BodyFormat]) -> None:
    form = MessageKind.DIGEST if len(alerts) > 1 else MessageKind.SINGLE
    with TemplateProcess() as templates:
        messages = templates.render(alerts, search, form=form, formats=formats)
    for number, message in enumerate(messages):
        if message.problem:
            problem = f"using the default template: {message.problem}"
            err.print(problem, style="yellow", markup=False)
        if number == 0:
            out.print(message.title, style="bold", markup=False, highlight=False, soft_wrap=True)
            sys.stdout.write("\n")
        sys.stdout.write(message.body + "\n")
        sys.stdout.flush()
