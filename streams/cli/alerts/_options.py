"""Options and arguments that several commands of ``streams alerts`` share."""

from typing import Annotated

import typer

from streams.records import AlertKind

DELIVERY = "Delivery"
"""Heading of the options about delivery in the help."""

SearchIdOption = Annotated[
    str, typer.Argument(metavar="ID", help="Id of a saved search, see `streams alerts list`.")
]
Kinds = Annotated[
    list[AlertKind] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help=f"Kind of article to match: {', '.join(AlertKind)}; repeatable (default: new, and "
        "material revisions).",
    ),
]
Digest = Annotated[
    str | None,
    typer.Option(
        help="Collect alerts into one message per 15m, 2h or 1d.", rich_help_panel=DELIVERY
    ),
]
Quiet = Annotated[
    str | None,
    typer.Option(
        help="Send nothing during these hours: 22:00-07:00@Europe/Berlin.", rich_help_panel=DELIVERY
    ),
]
MaxPerHour = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=10_000,
        help="Maximum messages per hour (default: 60; 0: unlimited).",
        rich_help_panel=DELIVERY,
    ),
]
Title = Annotated[
    str | None,
    typer.Option(
        help="Template for titles, or @FILE, see docs/reference/alerts.md.",
        rich_help_panel=DELIVERY,
    ),
]
Body = Annotated[
    str | None, typer.Option(help="Template for bodies, or @FILE.", rich_help_panel=DELIVERY)
]
