"""Saved searches as a table, and the delivery of one in a line."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from streams.cli._output.console import printable, unbroken_width
from streams.config.channels import channel_label
from streams.records import AlertKind, Subscription
from streams.records.topics import ALERTS


def search_table(searches: Iterable[Subscription]) -> Table:
    """Return a table of saved searches that fits 80 columns.

    Ids are never broken, because people type them again.
    """
    searches = list(searches)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("id", no_wrap=True, overflow="fold")
    table.add_column("search", overflow="fold", ratio=3)
    labels = (channel_label(channel) for search in searches for channel in search.channels)
    table.add_column("delivery", overflow="fold", ratio=2, min_width=unbroken_width(labels) + 1)
    for search in searches:
        state = ("\npaused", "yellow") if search.paused else ""
        id_ = Text.assemble(printable(search.id), state)
        table.add_row(id_, _description(search), Text(printable(delivery_summary(search))))
    return table


def _description(search: Subscription) -> Text:
    """Return name and query, and the kinds if they are not the default."""
    text = Text(printable("\n".join(filter(None, (search.name, search.query)))))
    text.stylize("bold", 0, len(printable(search.name)))
    if search.kinds != (AlertKind.NEW, AlertKind.REVISION):
        text.append(f"\nmatches {', '.join(search.kinds)}", "dim")
    return text


def delivery_summary(search: Subscription) -> str:
    """Return where, how often and when the alerts of a search are delivered.

    Examples:
        >>> delivery_summary(Subscription(id="s", query="x", channels=("desk",), digest_minutes=90))
        'desk · digest every 90 min · max. 60 per hour'
        >>> delivery_summary(Subscription(id="s", query="x"))
        'alerts.v1 only'
    """
    if not search.channels:
        return f"{ALERTS.name} only"
    quiet, limit, minutes = search.quiet, search.max_per_hour, search.digest_minutes
    parts = (
        ", ".join(channel_label(channel) for channel in search.channels),
        f"digest every {minutes} min" if minutes else "",
        f"quiet {quiet.start}–{quiet.end} {quiet.zone}" if quiet else "",
        f"max. {limit} per hour" if limit else "",
        "own title" if search.title_template else "",
        "own body" if search.body_template else "",
    )
    return " · ".join(filter(None, parts))
