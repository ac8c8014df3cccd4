"""`streams deliver` on a live Kafka: alerts reach the channels of their saved searches."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import SecretStr

from streams.config.channels import channel_label
from streams.deliver.channels.signing import derived_secret, master_key
from streams.deliver.deliverer import Deliverer
from streams.deliver.ledger.delivery import Delivery, DeliveryState
from streams.deliver.ledger.open import open_ledger
from streams.kafka.connection import consumer
from streams.records import Alert, QuietHours, Subscription, decode
from streams.records.topics import ALERTS, SUBSCRIPTIONS
from streams.settings import Settings
from tests.support.deliver import alert, delivery
from tests.support.live import send
from tests.support.mail import Box, mail_server
from tests.support.receiver import Receiver, receiver
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (ALERTS, SUBSCRIPTIONS)
WITHIN = timedelta(seconds=30)
PRIVATE = 'allow_private_hosts = ["127.0.0.1"]\n'


@dataclass
class Scene:
    """A live Kafka, a receiver and a ledger."""

    settings: Settings
    hook: Receiver

    def search(self, name: str = "rates", **changes: Any) -> Subscription:
        """Return a saved search that delivers to its own path of the receiver."""
        fields = {"query": "rate", "channels": (f"{self.hook.base}/{name}",), "max_per_hour": 0}
        return Subscription(id=name, **fields | changes)

    async def save(self, *searches: Subscription) -> None:
        """Put saved searches on their topic."""
        await send(self.settings, SUBSCRIPTIONS, *searches)

    async def alert(self, *numbers: int, of: str = "rates") -> None:
        """Put alerts on their topic."""
        await send(self.settings, ALERTS, *(alert(number, of) for number in numbers))

    def got(self, name: str = "rates") -> list[str]:
        """Return the alerts that the receiver has for a search."""
        return self.hook.alerts.get(f"/{name}", [])

    async def rows(self) -> list[Delivery]:
        """Return the rows of the ledger, in the order of the articles' numbers."""
        async with open_ledger(self.settings) as ledger:
            return sorted(await ledger.deliveries(limit=1000), key=lambda row: row.alert.article_id)

    async def states(self, *wanted: DeliveryState) -> bool:
        """Return whether the deliveries of the ledger have exactly these states."""
        return [row.state for row in await self.rows()] == list(wanted)


def ids(*numbers: int, of: str = "rates") -> list[str]:
    return [alert(number, of).id for number in numbers]


@pytest.fixture
async def scene(live: Settings, tmp_path: Path) -> AsyncIterator[Scene]:
    file = tmp_path / "channels.toml"
    file.write_text(PRIVATE)
    settings = live.model_copy(update={"data": tmp_path, "channels": file})
    key = master_key(settings)

    def secret(path: str) -> SecretStr:
        url = f"{hook.base}{path}"
        return derived_secret(key, owner="", subscription_id=path[1:], url=url)

    async with receiver(secret) as hook:
        yield Scene(settings, hook)


@asynccontextmanager
async def delivering(settings: Settings, instance: str = "1") -> AsyncIterator[Deliverer]:
    """Run a deliverer in this process."""
    deliverer = Deliverer(settings, instance=instance)
    stop = asyncio.Event()
    running = asyncio.ensure_future(deliverer.run(stop))
    try:
        await eventually(lambda: deliverer.ready or running.done(), within=WITHIN)
        yield deliverer
    finally:
        stop.set()
        await running


async def wait_for(condition: Callable[[], Any]) -> None:
    await eventually(condition, within=WITHIN)


async def test_alert_reaches_webhook_of_new_search(scene: Scene) -> None:
    async with delivering(scene.settings) as deliverer:
        await scene.save(scene.search())
        await scene.alert(1, 2, 1)

        await wait_for(lambda: scene.states(DeliveryState.SENT, DeliveryState.SENT))
        assert deliverer.health()["delivered"] == 2
    assert (scene.got(), scene.hook.repeats) == (ids(1, 2), 0)
    assert scene.hook.bodies["/rates"]["type"] == "news.alert"


async def test_failures_are_retried_in_order(scene: Scene) -> None:
    scene.hook.answers = [500, 500, 200, 400, 200, 503]
    await scene.save(scene.search())
    await scene.alert(1, 2, 3, 4)
    async with delivering(scene.settings):
        await wait_for(
            lambda: scene.states(
                DeliveryState.SENT, DeliveryState.GIVEN_UP, DeliveryState.SENT, DeliveryState.SENT
            )
        )

    rows = await scene.rows()
    assert scene.got() == ids(1, 3, 4)
    assert [row.attempts for row in rows] == [3, 1, 1, 2]
    assert rows[1].last_error == "status 400 Bad Request"


async def test_gone_receiver_is_paused_until_search_is_saved(
    scene: Scene,
) -> None:
    scene.hook.answers = [410]
    await scene.save(scene.search())
    await scene.alert(1, 2)
    async with delivering(scene.settings):
        await wait_for(lambda: scene.states(DeliveryState.GIVEN_UP, DeliveryState.HELD))
        assert scene.hook.requests == 1

        await scene.save(scene.search())

        await wait_for(lambda: scene.got() == ids(2))


async def test_held_delivery_follows_its_search(
    scene: Scene,
) -> None:
    hour = datetime.now(UTC).hour
    night = QuietHours(start=f"{hour:02}:00", end=f"{(hour + 2) % 24:02}:00")
    await scene.save(scene.search(quiet=night), scene.search("gone", quiet=night))
    await scene.alert(1, 2)
    await scene.alert(3, of="gone")
    async with delivering(scene.settings):
        await wait_for(
            lambda: scene.states(DeliveryState.HELD, DeliveryState.HELD, DeliveryState.HELD)
        )
        assert scene.hook.requests == 0

        await scene.save(scene.search())
        await send(scene.settings, SUBSCRIPTIONS, None, key=b"gone")

        await wait_for(
            lambda: scene.states(DeliveryState.SENT, DeliveryState.SENT, DeliveryState.SKIPPED)
        )
    assert scene.got() == ids(1, 2)


async def test_channels_are_reloaded(scene: Scene) -> None:
    topic = f"{scene.settings.topic_prefix}desk"
    file = scene.settings.channels
    assert file is not None
    await scene.save(
        scene.search(channels=("bus",)), scene.search("theirs", channels=("bus",), owner="x")
    )
    await scene.alert(1)
    await scene.alert(2, of="theirs")
    async with delivering(scene.settings):
        await wait_for(lambda: scene.states(DeliveryState.HELD, DeliveryState.HELD))
        await make_topic(scene.settings, topic)
        file.write_text(f'{PRIVATE}[bus]\ntopic = "{topic}"\n')

        await wait_for(lambda: scene.states(DeliveryState.SENT, DeliveryState.HELD))
    rows = await scene.rows()
    assert "no channel 'bus' for you" in rows[1].last_error
    (message,) = await messages(scene.settings, topic)
    assert decode(message.value, Alert) == alert(1)
    assert dict(message.headers)["webhook-id"].decode() == rows[0].group_id


async def test_missing_channel_topic_is_one_failure_until_created(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    topic = f"{scene.settings.topic_prefix}late.alerts"
    scene.settings.channels.write_text(f'[bus]\ntopic = "{topic}"\n')
    await scene.save(scene.search(channels=("bus",)))
    await scene.alert(1)
    async with delivering(scene.settings):
        await wait_for(lambda: scene.states(DeliveryState.FAILED))
        (row,) = await scene.rows()

        await make_topic(scene.settings, topic)

        await wait_for(lambda: scene.states(DeliveryState.SENT))
    assert row.last_error == (
        f"topic {topic}: does not exist; create it on the broker, or change channels.toml"
    )
    assert "not found in cluster metadata" not in caplog.text


async def test_outage_ends_with_one_digest(scene: Scene) -> None:
    await scene.save(scene.search())
    late = datetime.now(UTC) - timedelta(hours=1)
    url = channel_label(scene.search().channels[0])
    async with open_ledger(scene.settings) as ledger:
        await ledger.add([delivery(n, channel=url, made=late, arrived=late) for n in range(1, 251)])
    async with delivering(scene.settings):
        await wait_for(lambda: scene.hook.n_alerts == 250)

    assert scene.got() == ids(*range(1, 251))
    assert [row.form for row in (await scene.rows())[::200]] == ["catch_up", "catch_up"]
    assert scene.hook.requests == 2


async def test_begun_message_is_unchanged_after_restart(scene: Scene) -> None:
    await scene.save(scene.search())
    late = datetime.now(UTC) - timedelta(hours=1)
    url = channel_label(scene.search().channels[0])
    async with open_ledger(scene.settings) as ledger:
        await ledger.add([delivery(n, channel=url, made=late, arrived=late) for n in range(1, 10)])
        begun = (await scene.rows())[:2]
        await ledger.begin(begun, "msg_begun", "digest", now=late)
    async with delivering(scene.settings):
        await wait_for(lambda: scene.hook.n_alerts == 9)

    assert scene.hook.taken["/rates"][0] == "msg_begun"
    assert [row.group_id == "msg_begun" for row in await scene.rows()] == [True] * 2 + [False] * 7
    assert scene.hook.requests == 2


async def test_email_uses_templates_of_search(scene: Scene) -> None:
    box = Box()
    with mail_server(box) as port:
        file = scene.settings.channels
        assert file is not None
        file.write_text(
            f'[mail]\nemail = "smtp://127.0.0.1:{port}"\nstarttls = false\n'
            'from = "news@news.test"\nto = ["desk@news.test"]\n'
        )
        title = "{{ search.id }}: {{ alert.title }}"
        await scene.save(scene.search(channels=("mail",), title_template=title))
        await scene.alert(1)
        async with delivering(scene.settings):
            await wait_for(lambda: scene.states(DeliveryState.SENT))

    (mail,) = box.received
    (row,) = await scene.rows()
    assert mail["Subject"] == "rates: Bridge 1 reopens"
    assert mail["Message-ID"] == f"<{row.group_id}@news.test>"
    assert [part.get_content_type() for part in mail.get_payload()] == ["text/plain", "text/html"]


async def test_resent_message_keeps_its_id(scene: Scene) -> None:
    await scene.save(scene.search())
    await scene.alert(1)
    async with delivering(scene.settings):
        await wait_for(lambda: scene.states(DeliveryState.SENT))
        async with open_ledger(scene.settings) as ledger:
            assert await ledger.resend(await scene.rows(), now=datetime.now(UTC)) == 1

        await wait_for(lambda: scene.hook.repeats == 1)


async def test_second_deliverer_takes_over(scene: Scene) -> None:
    names = [f"search-{n}" for n in range(8)]
    await scene.save(*(scene.search(name) for name in names))
    first, second = (scene.settings.model_copy(update={"session_seconds": 6.0}) for _ in range(2))
    async with delivering(second, "2") as left:
        async with delivering(first, "1") as right:
            await wait_for(lambda: len(left.partitions) == len(right.partitions) == 4)
            for name in names:
                await scene.alert(1, of=name)
            await wait_for(lambda: scene.hook.n_alerts == 8)
        await wait_for(lambda: len(left.partitions) == 8)
        for name in names:
            await scene.alert(2, of=name)

        await wait_for(lambda: scene.hook.n_alerts == 16)
    assert [scene.got(name) for name in names] == [ids(1, 2, of=name) for name in names]
    assert scene.hook.repeats == 0


async def make_topic(settings: Settings, name: str) -> None:
    """Create a topic outside the pipeline."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.broker)
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1)])
    await admin.close()


async def messages(settings: Settings, name: str) -> list[Any]:
    """Return all messages of such a topic."""
    plain = settings.model_copy(update={"topic_prefix": ""})
    async with consumer(plain, name) as client:
        batches = await client.getmany(timeout_ms=5000)
        return [message for batch in batches.values() for message in batch]
