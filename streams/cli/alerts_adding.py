"""``streams alerts add``: save a search, or change one."""

import asyncio
from typing import Annotated

import typer

from streams.cli.alerts_options import DELIVERY, Body, Digest, Kinds, MaxPerHour, Quiet, Title


def add(
    query: Annotated[
        str, typer.Argument(help="What to look for, see docs/queries.md; may go with --replace.")
    ] = "",
    *,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    id_: Annotated[str, typer.Option("--id", help="Its id; none: made of name or query.")] = "",
    kinds: Kinds = None,
    channels: Annotated[
        list[str] | None,
        typer.Option(
            "--channel",
            help="A channel of channels.toml, or the address of a webhook; give it again for more.",
            rich_help_panel=DELIVERY,
        ),
    ] = None,
    digest: Digest = None,
    quiet: Quiet = None,
    max_per_hour: MaxPerHour = None,
    title: Title = None,
    body: Body = None,
    replace: Annotated[
        bool, typer.Option(help="Change the search of that id; what is not given stays.")
    ] = False,
) -> None:
    """Save a search; alerts come on alerts.v1 within seconds, without any restart.

    With --channel they are delivered, too (`streams deliver`). `none` takes an option back.

    **Examples:** `streams alerts add '"interest rate*" and entity:Q183' --name 'German rates'`,
    `streams alerts add bridge --channel desk --digest 15m --quiet 22:00-07:00@Europe/Berlin`,
    `streams alerts add --id bridge --replace --digest none --kind new --kind copy`
    """
    from streams.cli.alerts_run import run_add  # noqa: PLC0415
    from streams.cli.alerts_wishes import Wishes  # noqa: PLC0415
    from streams.cli.context import settings_with_broker  # noqa: PLC0415
    from streams.config.channels_file import load_channels  # noqa: PLC0415  # start fast

    wishes = Wishes(
        query=query or None,
        name=name,
        kinds=kinds or None,
        channels=channels or None,
        digest=digest,
        quiet=quiet,
        max_per_hour=max_per_hour,
        title=title,
        body=body,
    )
    settings = settings_with_broker()
    channels_there = load_channels(settings.channels)
    typer.echo(
        asyncio.run(run_add(settings, wishes, channels=channels_there, id_=id_, replace=replace))
    )
