"""`streams deliver` and `streams alerts secret`, as commands."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from standardwebhooks import Webhook

from streams.cli.alerts import app
from streams.config.channels import channel_label
from streams.errors import UsageError
from streams.records import Subscription
from streams.records.topics import ALERTS, SUBSCRIPTIONS
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.supervisor.supervisor import STREAMS
from tests.support.commands import run_command
from tests.support.live import send
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (ALERTS, SUBSCRIPTIONS)
WITHIN = timedelta(seconds=30)
ADDRESS = "https://hooks.news.test/T0/hidden"


async def test_deliver_reports_health_and_stops(live: Settings, tmp_path: Path) -> None:
    settings, port = live.model_copy(update={"data": tmp_path}), free_port()
    process = await asyncio.create_subprocess_exec(
        *(*STREAMS, "deliver", "--instance", "1", "--http-port", str(port)),
        env=os.environ | settings.environment(),
        stderr=asyncio.subprocess.PIPE,
    )
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

        async def is_ready() -> bool:
            try:
                async with session.get("/health") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await eventually(is_ready, within=WITHIN)
        async with session.get("/metrics") as answer:
            metrics = await answer.text()
    process.terminate()
    _, log = await asyncio.wait_for(process.communicate(), 10)

    assert process.returncode == 0
    assert "news_deliveries_open 0.0" in metrics
    # A new broker without any group logs warnings first.
    assert "ready" in [json.loads(line)["event"] for line in log.splitlines()]


async def test_invalid_channels_are_reported(live: Settings, tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text("[desk]\nwebhook = 7\n")
    settings = live.model_copy(update={"data": tmp_path, "channels": file})
    process = await asyncio.create_subprocess_exec(
        *(*STREAMS, "deliver"),
        env=os.environ | settings.environment(),
        stderr=asyncio.subprocess.PIPE,
    )
    _, log = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 2
    assert "channels.toml:2: [desk] webhook: give a text" in log.decode()


async def test_secret_is_shown_per_url(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update={"data": tmp_path})
    await send(
        live, SUBSCRIPTIONS, Subscription(id="rates", query="rate", channels=("desk", ADDRESS))
    )

    results = [await run_command(app, "secret", "rates", "--json", live=settings) for _ in range(2)]

    secret = json.loads(results[0].stdout)
    assert results[0].stdout == results[1].stdout
    assert secret["channel"] == channel_label(ADDRESS)
    assert Webhook(secret["secret"])
    assert "hidden" not in results[0].stdout


@pytest.mark.parametrize("name", ["nobody", "quiet"])
async def test_search_without_url_has_no_secret(live: Settings, tmp_path: Path, name: str) -> None:
    settings = live.model_copy(update={"data": tmp_path})
    await send(live, SUBSCRIPTIONS, Subscription(id="quiet", query="rate", channels=("desk",)))

    result = await run_command(app, "secret", name, live=settings)

    assert isinstance(result.exception, UsageError)
