"""Options of more than one command of ``streams alerts``."""

from typing import Annotated

import typer

from streams.records import AlertKind

DELIVERY = "Delivery"

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Kinds = Annotated[
    list[AlertKind] | None,
    typer.Option(
        "--kind",
        help="Which articles; give it again for more. Revisions: material. None: new, revision.",
    ),
]
Digest = Annotated[
    str | None,
    typer.Option(help="Deliver together what comes in 15m, 2h, 1d.", rich_help_panel=DELIVERY),
]
Quiet = Annotated[
    str | None,
    typer.Option(help="Deliver nothing then: 22:00-07:00@Europe/Berlin.", rich_help_panel=DELIVERY),
]
MaxPerHour = Annotated[
    int | None,
    typer.Option(
        min=0, max=10_000, help="Messages an hour at most, else 60; 0: any.",
        rich_help_panel=DELIVERY,
    ),
]  # fmt: skip
Title = Annotated[
    str | None,
    typer.Option(help="Template of titles, or @FILE; docs/alerts.md.", rich_help_panel=DELIVERY),
]
Body = Annotated[
    str | None, typer.Option(help="Template of bodies, or @FILE.", rich_help_panel=DELIVERY)
]
