"""`streams deliver` on a live Kafka: alerts go where their subscriptions want them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from schemas import Subscription
from schemas.topics import ALERTS, SUBSCRIPTIONS
from streams.deliver.deliverer import Deliverer
from streams.deliver.signing import derived_secret, master_key
from streams.settings import Settings
from tests.support.deliver import alert
from tests.support.live import send
from tests.support.receiver import receiver
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (ALERTS, SUBSCRIPTIONS)
WITHIN = timedelta(seconds=20)
PRIVATE = 'allow_private_hosts = ["127.0.0.1"]\n'


@pytest.fixture
def settings(live: Settings, tmp_path: Path) -> Settings:
    """With a data folder and a file of channels of its own."""
    file = tmp_path / "channels.toml"
    file.write_text(PRIVATE)
    return live.model_copy(update={"data": tmp_path, "channels": file})


@asynccontextmanager
async def delivering(settings: Settings, instance: str = "1") -> AsyncIterator[Deliverer]:
    """Run a deliverer in this process."""
    deliverer = Deliverer(settings, instance=instance)
    stop = asyncio.Event()
    running = asyncio.ensure_future(deliverer.run(stop))
    await eventually(lambda: deliverer.ready or running.done(), within=WITHIN)
    try:
        yield deliverer
    finally:
        stop.set()
        await running


async def test_an_alert_reaches_its_webhook_signed_and_once(settings: Settings) -> None:
    holder: dict[str, str] = {}

    def secret(_path: str) -> SecretStr:
        return derived_secret(
            master_key(settings), owner="", subscription_id="rates", url=holder["url"]
        )

    async with receiver(secret) as place:
        holder["url"] = f"{place.base}/in"
        rates = Subscription(id="rates", query="rate", channels=(holder["url"],), max_per_hour=0)
        await send(settings, SUBSCRIPTIONS, rates)
        async with delivering(settings):
            await send(settings, ALERTS, alert(1), alert(2), alert(1))

            await eventually(lambda: place.n_alerts == 2, within=WITHIN)
        assert place.alerts["/in"] == [alert(1).id, alert(2).id]
        assert place.repeats == 0
        assert place.bodies["/in"]["type"] == "news.alert"
