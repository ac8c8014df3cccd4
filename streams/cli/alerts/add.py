"""``streams alerts add``: save a search, or change one."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from streams.alerts.store import SUBSCRIPTION_ID, free_id, read_searches, write_search
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._options import DELIVERY, Body, Digest, Kinds, MaxPerHour, Quiet, Title
from streams.cli.alerts._parse import NONE, SearchOptions, apply_options
from streams.config.channels import Channels, channel_label
from streams.config.channels_file import load_channels
from streams.config.tokens_file import read_tokens
from streams.errors import UsageError
from streams.records import Subscription
from streams.records.topics import ALERTS
from streams.route.search_query import parse_search
from streams.settings import Settings


def add(
    query: Annotated[
        str,
        typer.Argument(
            metavar="QUERY", help="Query, see docs/reference/queries.md; optional with --replace."
        ),
    ] = "",
    *,
    name: Annotated[str | None, typer.Option(help="Name shown to people.")] = None,
    id_: Annotated[
        str, typer.Option("--id", help="Id (default: derived from the name or query).")
    ] = "",
    kinds: Kinds = None,
    channels: Annotated[
        list[str] | None,
        typer.Option(
            "--channel",
            help="Channel of channels.toml, or webhook URL; repeatable.",
            rich_help_panel=DELIVERY,
        ),
    ] = None,
    digest: Digest = None,
    quiet: Quiet = None,
    max_per_hour: MaxPerHour = None,
    title: Title = None,
    body: Body = None,
    owner: Annotated[
        str | None,
        typer.Option(
            help="Token of `streams tokens` that sees the search over HTTP; `none`: only tokens "
            "with the scope admin."
        ),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option(help="Change the search with this id; options not given keep their value."),
    ] = False,
) -> None:
    """Save a search, or change one; its alerts appear on alerts.v1 within seconds.

    No restart is needed. With `--channel`, alerts are also delivered (`streams deliver`). The value
    `none` clears an option.

    **Examples:**

    - `streams alerts add '"interest rate*" and entity:Q183' --name 'German rates'`
    - `streams alerts add bridge --channel desk --digest 15m --quiet 22:00-07:00@Europe/Berlin`
    - `streams alerts add --id bridge --replace --digest none --kind new --kind copy`
    """
    options = SearchOptions(
        query=query or None,
        name=name,
        kinds=kinds or None,
        channels=channels or None,
        digest=digest,
        quiet=quiet,
        max_per_hour=max_per_hour,
        title=title,
        body=body,
        owner=owner,
    )
    settings = settings_with_broker()
    check_owner(settings, owner)
    configured = load_channels(settings.channels)
    saving = save_search(settings, options, channels=configured, id_=id_, replace=replace)
    typer.echo(asyncio.run(saving))


def check_owner(settings: Settings, owner: str | None) -> None:
    """Check that the token that is to see a search exists.

    Raises:
        UsageError: If there is no such token.
    """
    names = [token.name for token in read_tokens(settings.tokens_file)]
    if owner and owner != NONE and owner not in names:
        raise UsageError(f"--owner {owner}: there is no such token; there are: {', '.join(names)}")


def _new_search(id_: str, query: str) -> Subscription:
    return Subscription(id=id_, query=query, created=datetime.now(UTC))


async def save_search(
    settings: Settings, options: SearchOptions, *, channels: Channels, id_: str, replace: bool
) -> str:
    """Save a search.

    Args:
        settings: Settings with a broker.
        options: Options as typed.
        channels: The configured channels.
        id_: Id as typed; empty to derive one.
        replace: Whether to change the search with this id.

    Returns:
        A sentence that says what was done.

    Raises:
        UsageError: If an option is invalid, the id is taken, or the search to change is missing.
    """
    if id_ and not SUBSCRIPTION_ID.fullmatch(id_):
        raise UsageError(f"--id {id_}: expected 1 to 60 of a-z, 0-9 and hyphen")
    if not replace:
        if options.query is None:
            raise UsageError("missing QUERY: streams alerts add QUERY")
        parse_search(options.query)
    searches = await read_searches(settings)
    if replace and id_ not in searches:
        raise UsageError(f"--replace: no saved search {id_ or '(give its --id)'}")
    if id_ in searches and not replace:
        raise UsageError(f"--id {id_}: already exists; use --replace to change it")
    query = options.query or ""
    chosen = id_ or free_id(options.name or query, searches)
    before = searches[id_] if replace else _new_search(chosen, query)
    search = apply_options(before, options, channels)
    await write_search(settings, chosen, search)
    verb = "changed" if replace else "saved"
    labels = ", ".join(channel_label(channel) for channel in search.channels)
    targets = f"{ALERTS.name} and to {labels}" if labels else ALERTS.name
    return f"{verb} {chosen}: alerts go to {targets}"
