"""``streams deliver``: alerts go where subscriptions want them."""

import asyncio
import os
from typing import Annotated

import typer


def deliver(
    instance: Annotated[
        str,
        typer.Option(
            help="Name of this process, different for each: it is back in seconds after a crash."
        ),
    ] = "",
    http_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of /health and /metrics; 0: a free one.")
    ] = 0,
) -> None:
    """Deliver alerts by webhook, mail, chat or topic, until Ctrl-C; more of them share the work.

    `streams run` runs one. Channels: `channels.toml`, see docs/delivery.md; what was delivered:
    `streams alerts deliveries`.

    **Examples:** `streams deliver`, `streams deliver --instance 2 --http-port 8082`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.runtime.logs import configure_logs  # noqa: PLC0415
    from streams.runtime.parent_death import die_with_parent  # noqa: PLC0415

    parent = os.environ.get("NEWS_DIE_WITH_PARENT", "")
    if parent.isdigit():
        die_with_parent(int(parent))
    settings = settings_with_broker()
    configure_logs(settings)
    asyncio.run(_deliver(settings, instance, http_port))


async def _deliver(settings: object, instance: str, http_port: int) -> None:
    from streams.deliver.deliverer import Deliverer  # noqa: PLC0415
    from streams.runtime.health_server import http_server  # noqa: PLC0415
    from streams.runtime.signals import stop_on_signals  # noqa: PLC0415
    from streams.settings import Settings  # noqa: PLC0415

    assert isinstance(settings, Settings)  # noqa: S101  # narrows what was imported late
    deliverer = Deliverer(settings, instance=instance)
    registry, host = deliverer.metrics.registry, settings.http_host
    stop = asyncio.Event()
    async with http_server(registry, deliverer.health, host=host, port=http_port):
        with stop_on_signals(stop):
            await deliverer.run(stop)
