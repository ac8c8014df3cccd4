"""Run the HTTP server, and say how to use it."""

import asyncio
import logging
import shlex

import structlog
from rich.markup import escape

from streams.cli.context import err, interactive
from streams.config.tokens_file import read_tokens
from streams.runtime.logs import configure_logs
from streams.runtime.signals import stop_on_signals
from streams.serve.app import create_app
from streams.serve.server import listening_socket, serve
from streams.settings import Settings

log = structlog.get_logger()


async def run_serve(settings: Settings) -> None:
    """Serve until Ctrl-C.

    Args:
        settings: With a broker.

    Raises:
        UsageError: If the port cannot be had, or the file of tokens not be used.
    """
    configure_logs(settings)
    # What aiokafka says of a broker that is away, again and again, the outlet says once.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    app = create_app(settings)
    listener = listening_socket(settings.http_host, settings.serve_port)
    host, port = listener.getsockname()[:2]
    stop = asyncio.Event()

    def say() -> None:
        url = f"http://{_host(host)}:{port}"
        if interactive():
            err.print(welcome(settings, url), highlight=False, soft_wrap=True)
        else:
            log.info("serving", url=url, tokens=str(settings.tokens_file))

    with stop_on_signals(stop):
        await serve(app, listener, stop, started=say)


def welcome(settings: Settings, url: str) -> str:
    """Say where the server is and what to type first, as rich markup."""
    names = [token.name for token in read_tokens(settings.tokens_file)]
    shown = ", ".join(names[:5]) + (", …" if names[5:] else "")
    data = shlex.quote('{"title": "Rain", "text": "It rained."}')
    make = "" if names else "TOKEN=$(streams tokens add me)   [dim]# in another terminal[/dim]\n  "
    return (
        f"[bold]News Streams[/bold] at [bold]{url}[/bold] · Kafka at {escape(settings.broker)} · "
        "Ctrl-C stops\n"
        f"tokens: {escape(shown) or '[yellow]none yet[/yellow], so every request is refused'}\n"
        "try:\n"
        f"  {make}"
        f'curl {url}/v1/articles -H "Authorization: Bearer $TOKEN" --json {escape(data)}\n'
        f"what there is: {url}/schema"
    )


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
