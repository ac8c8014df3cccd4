"""``streams alerts deliveries`` and ``resend``: what became of alerts."""

import asyncio
from typing import Annotated

import typer

from streams.cli.alerts_options import Json
from streams.deliver.ledger.delivery import DeliveryState


def deliveries(
    id_: Annotated[
        str, typer.Argument(metavar="[ID]", help="Of this saved search only; none: of all.")
    ] = "",
    *,
    states: Annotated[
        list[DeliveryState] | None,
        typer.Option("--state", help="Only these; give it again for more."),
    ] = None,
    channel: Annotated[str, typer.Option(help="Only to this channel.")] = "",
    since: Annotated[
        str, typer.Option(help="Only what came since: 2026-03-01, or 2h back from now.")
    ] = "",
    n: Annotated[int, typer.Option("-n", min=1, max=10_000, help="So many, the latest.")] = 20,
    json_: Json = False,
) -> None:
    """Show what became of alerts: state, attempts, when, and what went wrong.

    **Examples:** `streams alerts deliveries`, `streams alerts deliveries rates --state failed`,
    `streams alerts deliveries --since 2h --json`
    """
    from streams.cli.alerts_sent_run import run_deliveries  # noqa: PLC0415  # start fast
    from streams.settings import load_settings  # noqa: PLC0415

    running = run_deliveries(
        load_settings(), id_, states=states or (), channel=channel, since=since, n=n, json=json_
    )
    asyncio.run(running)


def resend(
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="NUMBER|ALERT…", help="As `streams alerts deliveries` has them."),
    ] = None,
    *,
    failed: Annotated[bool, typer.Option(help="All that were given up.")] = False,
    search: Annotated[str, typer.Option(help="With --failed: of this saved search only.")] = "",
    since: Annotated[
        str, typer.Option(help="With --failed: what came since, 2026-03-01 or 2h.")
    ] = "",
) -> None:
    """Send alerts again that were given up, skipped, or sent; a deliverer sees it in seconds.

    What was sent as before keeps its webhook-id: a receiver that has it may leave it out.

    **Examples:** `streams alerts resend 17 18`, `streams alerts resend --failed --since 2h`
    """
    from streams.cli.alerts_sent_run import run_resend  # noqa: PLC0415  # start fast
    from streams.settings import load_settings  # noqa: PLC0415

    running = run_resend(load_settings(), numbers or (), failed=failed, search=search, since=since)
    typer.echo(asyncio.run(running))
