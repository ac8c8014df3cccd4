"""``streams deliver``: send alerts to the channels of saved searches."""

import asyncio
from typing import Annotated

import typer

from streams.cli._arguments import HttpPort
from streams.cli._parent import follow_parent
from streams.cli._settings import settings_with_broker
from streams.deliver.deliverer import Deliverer
from streams.runtime.health_server import http_server
from streams.runtime.logs import configure_logs
from streams.runtime.signals import stop_on_signals
from streams.settings import Settings


def deliver(
    instance: Annotated[
        str,
        typer.Option(
            help="Unique name of this process; after a crash it resumes its work within seconds."
        ),
    ] = "",
    http_port: HttpPort = 0,
) -> None:
    """Deliver alerts by webhook, e-mail, chat or Kafka topic, until Ctrl-C.

    `streams run` starts one such process; more of them share the work. The channels are configured
    in `channels.toml`, see docs/reference/channels.md. `streams alerts deliveries` lists the
    deliveries.

    **Examples:**

    - `streams deliver`
    - `streams deliver --instance 2 --http-port 8082`
    """
    follow_parent()
    settings = settings_with_broker()
    configure_logs(settings)
    asyncio.run(_deliver(settings, instance, http_port))


async def _deliver(settings: Settings, instance: str, http_port: int) -> None:
    deliverer = Deliverer(settings, instance=instance)
    registry, host = deliverer.metrics.registry, settings.http_host
    stop = asyncio.Event()
    async with http_server(registry, deliverer.health, host=host, port=http_port):
        with stop_on_signals(stop):
            await deliverer.run(stop)
