"""``streams serve``: the HTTP server."""

import asyncio
import os
from typing import Annotated

import typer


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            "--http-port",
            min=0,
            max=65535,
            help="Where to listen; 0: a free port. None: NEWS_SERVE_PORT.",
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen at; none: NEWS_HTTP_HOST.")
    ] = None,
) -> None:
    """Take articles in and give alerts out over HTTP, until Ctrl-C.

    Needs tokens, see `streams tokens add`. Speaks plain HTTP and listens on
    this machine only; for others, put a server with TLS before it.

    **Examples:** `streams serve`, `streams serve --port 9000`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.serve_run import run_serve  # noqa: PLC0415
    from streams.runtime.parent_death import die_with_parent  # noqa: PLC0415

    parent = os.environ.get("NEWS_DIE_WITH_PARENT", "")
    if parent.isdigit():
        die_with_parent(int(parent))
    asyncio.run(run_serve(settings_with_broker(serve_port=port, http_host=host)))
