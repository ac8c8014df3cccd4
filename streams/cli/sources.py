"""``streams sources``: news from outside, continuously."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Bring news in continuously.", no_args_is_help=True)

FEEDS_FILE = Path("feeds.toml")


@app.callback()
def sources() -> None:
    """Bring news in continuously."""


@app.command()
def run(
    file: Annotated[
        Path, typer.Option("--feeds", metavar="FILE", help="The feeds: TOML, or OPML (.opml).")
    ] = FEEDS_FILE,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Poll the feeds that are due once, and end.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Poll feeds politely, and send what is new into the pipeline, until Ctrl-C.

    A restart goes on where it was: what is known is not fetched again.

    **Examples:** `streams sources run`, `streams sources run --feeds my.opml --once`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.feeds_run import run_sources  # noqa: PLC0415

    asyncio.run(run_sources(settings_with_broker(), file, once=once, json=json_))
