"""``streams sources``: news from outside, continuously."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.sources_import import import_

app = typer.Typer(help="Bring news in continuously.", no_args_is_help=True)

FEEDS_FILE = Path("feeds.toml")


@app.callback()
def sources() -> None:
    """Bring news in continuously."""


@app.command()
def run(
    file: Annotated[
        Path | None,
        typer.Option("--feeds", metavar="FILE", help="The feeds: TOML, or OPML (.opml)."),
    ] = None,
    *,
    instance: Annotated[
        str,
        typer.Option(
            help="Name of this process among those that share the feeds, different for each: "
            "it has its share again in seconds after a crash."
        ),
    ] = "",
    http_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of /health and /metrics; 0: a free one.")
    ] = 0,
    once: Annotated[
        bool, typer.Option("--once", help="Poll the feeds that are due once, and end.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Poll feeds politely, and send what is new into the pipeline, until Ctrl-C.

    A restart goes on where it was: what is known is not fetched again. Several
    processes with the same file share its feeds; after a crash of one, the
    others wait for it half a minute before they take over.

    **Examples:** `streams sources run`, `streams sources run --feeds my.opml --once`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.sources_run import run_sources  # noqa: PLC0415
    from streams.runtime.logs import configure_logs  # noqa: PLC0415
    from streams.runtime.parent_death import die_with_parent  # noqa: PLC0415

    parent = os.environ.get("NEWS_DIE_WITH_PARENT", "")
    if parent.isdigit():
        die_with_parent(int(parent))
    settings = settings_with_broker()
    configure_logs(settings)
    running = run_sources(
        settings,
        file or settings.feeds or FEEDS_FILE,
        instance=instance,
        http_port=http_port,
        once=once,
        json=json_,
    )
    asyncio.run(running)


app.command(name="import", no_args_is_help=True)(import_)
