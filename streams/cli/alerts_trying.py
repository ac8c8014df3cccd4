"""``streams alerts test`` and ``preview``: what a search would send, and what it looks like."""

import asyncio
from typing import Annotated

import typer

from streams.alerts.templates.format import BodyFormat
from streams.cli.alerts_options import Body, Digest, Json, Kinds, MaxPerHour, Quiet, Title


def try_query(
    query: Annotated[str, typer.Argument(help="What to look for, see docs/queries.md.")] = "",
    *,
    id_: Annotated[
        str, typer.Option("--id", help="Take from this saved search what is not given.")
    ] = "",
    since: Annotated[
        str, typer.Option("--since", "--from", help="Event time: 2026-03-01, or 7d back.")
    ] = "7d",
    to: Annotated[str, typer.Option("--to", help="The first moment after it.")] = "",
    kinds: Kinds = None,
    digest: Digest = None,
    quiet: Quiet = None,
    max_per_hour: MaxPerHour = None,
    n: Annotated[int, typer.Option("-n", min=0, help="Show so many alerts; 0: all.")] = 10,
    json_: Json = False,
) -> None:
    """Show what a search would have sent, and how many messages a day, before saving it.

    Reads what Kafka holds of the enriched articles and the duplicates. Digest, quiet hours and
    limit are counted in event time. With --json each alert is a line.

    **Examples:** `streams alerts test '"central bank*" near/8 rate*' --since 7d --digest 15m`,
    `streams alerts test --id rates --max-per-hour 5`,
    `streams alerts test bridge --from 2026-03-01 --to 2026-03-08 --json`
    """
    from streams.cli.alerts_trial import run_test  # noqa: PLC0415  # start fast
    from streams.cli.alerts_wishes import Wishes  # noqa: PLC0415
    from streams.cli.context import settings_with_broker  # noqa: PLC0415
    from streams.cli.times import point_in_time  # noqa: PLC0415

    wishes = Wishes(
        query=query or None,
        kinds=kinds or None,
        digest=digest,
        quiet=quiet,
        max_per_hour=max_per_hour,
    )
    start = point_in_time(since, option="--since")
    end = point_in_time(to, option="--to") if to else None
    running = run_test(
        settings_with_broker(), query, wishes, id_=id_, start=start, end=end, n=n, json=json_
    )
    asyncio.run(running)


def preview(
    search: Annotated[str, typer.Argument(metavar="ID|QUERY", help="A saved search, or a query.")],
    *,
    channel: Annotated[str, typer.Option(help="As this channel of channels.toml shows it.")] = "",
    format_: Annotated[
        BodyFormat | None, typer.Option("--format", help="As this format; a mail has two.")
    ] = None,
    n: Annotated[
        int, typer.Option("-n", min=1, max=1000, help="Alerts in it; a digest has several.")
    ] = 1,
    title: Title = None,
    body: Body = None,
) -> None:
    """Show a message about the latest alert, or about an invented one.

    Templates that are given are tried, and not saved.

    **Examples:** `streams alerts preview rates`, `streams alerts preview rates -n 5 --format html`,
    `streams alerts preview bridge --title '{{ search.name }}: {{ alert.title|upper }}'`
    """
    from streams.cli.alerts_preview import run_preview  # noqa: PLC0415  # start fast
    from streams.cli.alerts_wishes import Wishes  # noqa: PLC0415
    from streams.cli.context import settings_with_broker  # noqa: PLC0415

    running = run_preview(
        settings_with_broker(),
        search,
        Wishes(title=title, body=body),
        channel=channel,
        format_=format_,
        n=n,
    )
    asyncio.run(running)
