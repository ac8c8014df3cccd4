"""``streams alerts``: saved searches, and what they find."""

import asyncio
from typing import Annotated

import typer

from schemas import AlertKind

app = typer.Typer(
    help="Saved searches: be told of articles that match a query.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Query = Annotated[str, typer.Argument(help="What to look for, see docs/queries.md.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Its id, see `streams alerts list`.")]
Kinds = Annotated[
    list[AlertKind],
    typer.Option("--kind", help="Which articles; give it again for more. Revisions: material."),
]
USUAL = [AlertKind.NEW, AlertKind.REVISION]
"""The kinds that a search sees unless it says so."""


@app.command()
def add(
    query: Query,
    *,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    id_: Annotated[str, typer.Option("--id", help="Its id; none: made of name or query.")] = "",
    kinds: Kinds = USUAL,
    replace: Annotated[bool, typer.Option(help="Change the search of that id.")] = False,
) -> None:
    """Save a search; alerts come on alerts.v1 within seconds, without any restart.

    **Examples:** `streams alerts add '"interest rate*" and entity:Q183' --name 'German rates'`,
    `streams alerts add 'bridge' --kind new --kind copy`
    """
    from streams.cli.alerts_run import run_add  # noqa: PLC0415  # start fast
    from streams.cli.context import settings_with_broker  # noqa: PLC0415
    from streams.route.search import parse_search  # noqa: PLC0415

    parse_search(query)
    running = run_add(
        settings_with_broker(), query, name=name, id_=id_, kinds=kinds, replace=replace
    )
    typer.echo(asyncio.run(running))


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


@app.command("test")
def try_query(
    query: Query,
    *,
    since: Annotated[
        str, typer.Option("--since", "--from", help="Event time: 2026-03-01, or 7d back.")
    ] = "7d",
    to: Annotated[str, typer.Option("--to", help="The first moment after it.")] = "",
    kinds: Kinds = USUAL,
    n: Annotated[int, typer.Option("-n", min=0, help="Show so many alerts; 0: all.")] = 10,
    json_: Json = False,
) -> None:
    """Show what a search would have sent, and how many a day, before saving it.

    Reads what Kafka holds of the enriched articles and the duplicates. With
    --json each alert is a line.

    **Examples:** `streams alerts test '"central bank*" near/8 rate*' --since 7d`,
    `streams alerts test bridge --from 2026-03-01 --to 2026-03-08 --json`
    """
    from streams.cli.alerts_trial import run_test  # noqa: PLC0415  # start fast
    from streams.cli.context import settings_with_broker  # noqa: PLC0415
    from streams.cli.times import point_in_time  # noqa: PLC0415
    from streams.route.search import parse_search  # noqa: PLC0415

    parse_search(query)
    start = point_in_time(since, option="--since")
    end = point_in_time(to, option="--to") if to else None
    running = run_test(
        settings_with_broker(), query, start=start, end=end, kinds=kinds, n=n, json=json_
    )
    asyncio.run(running)
