"""``streams subscribe``: the articles of a route as they come, for people or as JSON lines."""

import asyncio
from typing import Annotated

import typer


def subscribe(
    route: Annotated[
        str, typer.Argument(help="Name of a route, `unmatched`, or a topic such as alerts.v1.")
    ],
    *,
    from_: Annotated[
        str,
        typer.Option(
            "--from", help="`beginning`, `end`, a time, or `7d`: so long before the newest record."
        ),
    ] = "end",
    n: Annotated[int, typer.Option("-n", min=0, help="End after so many; 0: never.")] = 0,
    json_: Annotated[bool, typer.Option("--json", help="Print one record a line.")] = False,
    group: Annotated[
        str, typer.Option(help="Keep the place under this name, and share the work with others.")
    ] = "",
) -> None:
    """Show what arrives on a route, within a second of its being routed.

    With a group, --from counts only where the group has no place yet. Times
    are event times: when an article was published.

    **Examples:** `streams subscribe unmatched`, `streams subscribe us-russia --from 7d`,
    `streams subscribe us-russia --from beginning -n 10 --json`
    """
    from streams.cli.context import err, settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.subscribe_run import run_subscribe  # noqa: PLC0415

    settings = settings_with_broker()
    try:
        asyncio.run(
            run_subscribe(
                settings, route, from_=from_, limit=n or None, json=json_, group=group or None
            )
        )
    except KeyboardInterrupt:
        err.print("stopped", highlight=False)
        raise typer.Exit(130) from None
