"""``streams serve``: the HTTP server."""

import asyncio
import logging
import shlex
from typing import Annotated

import structlog
import typer
from rich.markup import escape

from streams.cli._output.console import err, interactive
from streams.cli._parent import follow_parent
from streams.cli._settings import settings_with_broker
from streams.config.tokens_file import read_tokens
from streams.runtime.logs import configure_logs
from streams.runtime.signals import stop_on_signals
from streams.serve.app import create_app
from streams.serve.server import listening_socket
from streams.serve.server import serve as serve_app
from streams.settings import Settings

log = structlog.get_logger()


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            "--http-port",
            min=0,
            max=65535,
            help="Port to listen on (default: NEWS_SERVE_PORT; 0: any free port).",
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (default: NEWS_HTTP_HOST).")
    ] = None,
) -> None:
    """Serve HTTP: accept articles and publish alerts, until Ctrl-C.

    Requests need a token (`streams tokens add`). The server speaks plain HTTP and listens on this
    machine only; put a reverse proxy with TLS in front of it for other machines.

    **Examples:**

    - `streams serve`
    - `streams serve --port 9000`
    """
    follow_parent()
    asyncio.run(run_server(settings_with_broker(serve_port=port, http_host=host)))


async def run_server(settings: Settings) -> None:
    """Serve until Ctrl-C.

    Args:
        settings: Settings with a broker.

    Raises:
        UsageError: If the port is not available, or the file of tokens is invalid.
    """
    configure_logs(settings)
    # aiokafka logs again and again that a broker is away; the server's producer logs it once.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    app = create_app(settings)
    listener = listening_socket(settings.http_host, settings.serve_port)
    host, port = listener.getsockname()[:2]
    stop = asyncio.Event()

    def announce() -> None:
        url = f"http://{_bracketed(host)}:{port}"
        if interactive():
            err.print(welcome(settings, url), highlight=False, soft_wrap=True)
        else:
            log.info("serving", url=url, tokens=str(settings.tokens_file))

    with stop_on_signals(stop):
        await serve_app(app, listener, stop, started=announce)


def welcome(settings: Settings, url: str) -> str:
    """Return the address of the server and a first request, as Rich markup."""
    names = [token.name for token in read_tokens(settings.tokens_file)]
    listed = ", ".join(names[:5]) + (", …" if names[5:] else "")
    data = shlex.quote('{"title": "Rain", "text": "It rained."}')
    make = "" if names else "TOKEN=$(streams tokens add me)   [dim]# in another terminal[/dim]\n  "
    return (
        f"[bold]News Streams[/bold] at [bold]{url}[/bold] · Kafka at {escape(settings.broker)} · "
        "Ctrl-C stops\n"
        f"tokens: {escape(listed) or '[yellow]none yet[/yellow]; every request is refused'}\n"
        "try:\n"
        f"  {make}"
        f'curl {url}/v1/articles -H "Authorization: Bearer $TOKEN" --json {escape(data)}\n'
        f"API documentation: {url}/schema"
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
