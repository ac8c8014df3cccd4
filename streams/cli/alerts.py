"""``streams alerts``: saved searches, and what they find."""

import asyncio
from typing import Annotated

import typer

from streams.cli import alerts_adding, alerts_secret, alerts_sent, alerts_trying

app = typer.Typer(
    help="Saved searches: be told of articles that match a query.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Its id, see `streams alerts list`.")]
app.command()(alerts_adding.add)
app.command("test")(alerts_trying.try_query)
app.command()(alerts_trying.preview)
app.command()(alerts_sent.deliveries)
app.command()(alerts_sent.resend)
app.command()(alerts_secret.secret)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the saved searches.

    **Examples:** `streams alerts list`, `streams alerts list --json`
    """
    from streams.cli.alerts_run import run_list  # noqa: PLC0415  # start fast
    from streams.cli.context import settings_with_broker  # noqa: PLC0415

    asyncio.run(run_list(settings_with_broker(), json=json_))


@app.command()
def show(
    id_: Id,
    *,
    n: Annotated[int, typer.Option("-n", min=0, help="The latest so many alerts; 0: all.")] = 10,
    json_: Json = False,
) -> None:
    """Show a saved search and its latest alerts; with --json the search, then its alerts.

    **Examples:** `streams alerts show german-rates`, `streams alerts show german-rates --json`
    """
    from streams.cli.alerts_run import run_show  # noqa: PLC0415  # start fast
    from streams.cli.context import settings_with_broker  # noqa: PLC0415

    asyncio.run(run_show(settings_with_broker(), id_, n=n, json=json_))


@app.command()
def pause(
    id_: Id,
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Go on instead.")] = False,
) -> None:
    """Make no alerts for a search until it is resumed; what comes meanwhile is not made up for.

    **Examples:** `streams alerts pause german-rates`,
    `streams alerts pause german-rates --resume`
    """
    from streams.cli.alerts_run import run_pause  # noqa: PLC0415  # start fast
    from streams.cli.context import settings_with_broker  # noqa: PLC0415

    typer.echo(asyncio.run(run_pause(settings_with_broker(), id_, paused=not resume)))


@app.command()
def remove(id_: Id) -> None:
    """Delete a saved search; the alerts that it had stay on alerts.v1.

    **Examples:** `streams alerts remove german-rates`
    """
    from streams.cli.alerts_run import run_remove  # noqa: PLC0415  # start fast
    from streams.cli.context import settings_with_broker  # noqa: PLC0415

    typer.echo(asyncio.run(run_remove(settings_with_broker(), id_)))
