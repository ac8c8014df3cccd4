"""``streams alerts pause``: stop the alerts of a saved search for a while."""

import asyncio
from typing import Annotated

import msgspec
import typer

from streams.alerts.store import write_search
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._lookup import read_search
from streams.cli.alerts._options import SearchIdOption
from streams.settings import Settings


def pause(
    id_: SearchIdOption,
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the search.")] = False,
) -> None:
    """Pause a saved search, or resume it.

    Articles published while a search is paused produce no alerts.

    **Examples:**

    - `streams alerts pause german-rates`
    - `streams alerts pause german-rates --resume`
    """
    asyncio.run(set_paused(settings_with_broker(), id_, paused=not resume))
    typer.echo(f"{'resumed' if resume else 'paused'} {id_}")


async def set_paused(settings: Settings, id_: str, *, paused: bool) -> None:
    """Pause or resume a saved search.

    Raises:
        UsageError: If there is no saved search of this id.
    """
    search = await read_search(settings, id_)
    await write_search(settings, id_, msgspec.structs.replace(search, paused=paused))
