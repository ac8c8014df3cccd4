"""``streams alerts remove``: delete a saved search."""

import asyncio

import typer

from streams.alerts.store import write_search
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._lookup import read_search
from streams.cli.alerts._options import SearchIdOption
from streams.settings import Settings


def remove(id_: SearchIdOption) -> None:
    """Delete a saved search; its past alerts stay on alerts.v1.

    **Examples:**

    - `streams alerts remove german-rates`
    """
    asyncio.run(delete_search(settings_with_broker(), id_))
    typer.echo(f"removed {id_}")


async def delete_search(settings: Settings, id_: str) -> None:
    """Delete a saved search.

    Raises:
        UsageError: If there is no saved search of this id.
    """
    await read_search(settings, id_)
    await write_search(settings, id_, None)
