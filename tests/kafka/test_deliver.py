"""`streams deliver` on a live Kafka: alerts go where their subscriptions want them."""

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
    """A corner of Kafka, a receiver, and the ledger."""

    settings: Settings
    place: Receiver

    def search(self, name: str = "rates", **changes: Any) -> Subscription:
        """A saved search that delivers to the receiver, at its own path."""
        fields = {"query": "rate", "channels": (f"{self.place.base}/{name}",), "max_per_hour": 0}
        return Subscription(id=name, **fields | changes)

    async def save(self, *searches: Subscription) -> None:
        """Put saved searches on their topic."""
        await send(self.settings, SUBSCRIPTIONS, *searches)

    async def alert(self, *numbers: int, of: str = "rates") -> None:
        """Put alerts on their topic."""
        await send(self.settings, ALERTS, *(alert(number, of) for number in numbers))

    def got(self, name: str = "rates") -> list[str]:
        """What the receiver has for a search."""
        return self.place.alerts.get(f"/{name}", [])

    async def rows(self) -> list[Delivery]:
        """What the ledger has, in the order of the articles' numbers."""
        async with open_ledger(self.settings) as ledger:
            return sorted(await ledger.deliveries(limit=1000), key=lambda one: one.alert.article_id)

    async def states(self, *wanted: DeliveryState) -> bool:
        """Whether the ledger has deliveries in just these states."""
        return [one.state for one in await self.rows()] == list(wanted)


def ids(*numbers: int, of: str = "rates") -> list[str]:
    return [alert(number, of).id for number in numbers]


@pytest.fixture
async def scene(live: Settings, tmp_path: Path) -> AsyncIterator[Scene]:
    file = tmp_path / "channels.toml"
    file.write_text(PRIVATE)
    settings = live.model_copy(update={"data": tmp_path, "channels": file})
    key = master_key(settings)

    def secret(path: str) -> SecretStr:
        url = f"{place.base}{path}"
        return derived_secret(key, owner="", subscription_id=path[1:], url=url)

    async with receiver(secret) as place:
        yield Scene(settings, place)


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


async def comes(condition: Callable[[], Any]) -> None:
    await eventually(condition, within=WITHIN)


async def test_an_alert_reaches_the_webhook_of_a_search_that_was_just_saved(scene: Scene) -> None:
    async with delivering(scene.settings) as deliverer:
        await scene.save(scene.search())
        await scene.alert(1, 2, 1)

        await comes(lambda: scene.states(DeliveryState.SENT, DeliveryState.SENT))
        assert deliverer.health()["delivered"] == 2
    assert (scene.got(), scene.place.repeats) == (ids(1, 2), 0)
    assert scene.place.bodies["/rates"]["type"] == "news.alert"


async def test_failures_are_tried_again_in_order_and_refusals_are_not(scene: Scene) -> None:
    scene.place.answers = [500, 500, 200, 400, 200, 503]
    await scene.save(scene.search())
    await scene.alert(1, 2, 3, 4)
    async with delivering(scene.settings):
        await comes(
            lambda: scene.states(
                DeliveryState.SENT, DeliveryState.GIVEN_UP, DeliveryState.SENT, DeliveryState.SENT
            )
        )

    rows = await scene.rows()
    assert scene.got() == ids(1, 3, 4)
    assert [one.attempts for one in rows] == [3, 1, 1, 2]
    assert rows[1].last_error == "status 400 Bad Request"


async def test_a_receiver_that_is_gone_is_left_alone_until_the_search_is_saved(
    scene: Scene,
) -> None:
    scene.place.answers = [410]
    await scene.save(scene.search())
    await scene.alert(1, 2)
    async with delivering(scene.settings):
        await comes(lambda: scene.states(DeliveryState.GIVEN_UP, DeliveryState.HELD))
        assert scene.place.requests == 1

        await scene.save(scene.search())

        await comes(lambda: scene.got() == ids(2))


async def test_what_is_held_goes_when_its_search_changes_and_is_skipped_when_it_goes(
    scene: Scene,
) -> None:
    hour = datetime.now(UTC).hour
    night = QuietHours(start=f"{hour:02}:00", end=f"{(hour + 2) % 24:02}:00")
    await scene.save(scene.search(quiet=night), scene.search("gone", quiet=night))
    await scene.alert(1, 2)
    await scene.alert(3, of="gone")
    async with delivering(scene.settings):
        await comes(
            lambda: scene.states(DeliveryState.HELD, DeliveryState.HELD, DeliveryState.HELD)
        )
        assert scene.place.requests == 0

        await scene.save(scene.search())
        await send(scene.settings, SUBSCRIPTIONS, None, key=b"gone")

        await comes(
            lambda: scene.states(DeliveryState.SENT, DeliveryState.SENT, DeliveryState.SKIPPED)
        )
    assert scene.got() == ids(1, 2)


async def test_channels_come_into_force_while_it_runs(scene: Scene) -> None:
    topic = f"{scene.settings.topic_prefix}desk"
    file = scene.settings.channels
    assert file is not None
    await scene.save(
        scene.search(channels=("bus",)), scene.search("theirs", channels=("bus",), owner="x")
    )
    await scene.alert(1)
    await scene.alert(2, of="theirs")
    async with delivering(scene.settings):
        await comes(lambda: scene.states(DeliveryState.HELD, DeliveryState.HELD))
        await make_topic(scene.settings, topic)
        file.write_text(f'{PRIVATE}[bus]\ntopic = "{topic}"\n')

        await comes(lambda: scene.states(DeliveryState.SENT, DeliveryState.HELD))
    rows = await scene.rows()
    assert "no channel 'bus' for you" in rows[1].last_error
    (message,) = await messages(scene.settings, topic)
    assert decode(message.value, Alert) == alert(1)
    assert dict(message.headers)["webhook-id"].decode() == rows[0].group_id


async def test_after_an_outage_comes_one_digest_and_no_flood(scene: Scene) -> None:
    await scene.save(scene.search())
    late = datetime.now(UTC) - timedelta(hours=1)
    url = channel_label(scene.search().channels[0])
    async with open_ledger(scene.settings) as ledger:
        await ledger.add([delivery(n, channel=url, made=late) for n in range(1, 251)])
    async with delivering(scene.settings):
        await comes(lambda: scene.place.n_alerts == 250)

    assert scene.got() == ids(*range(1, 251))
    assert [row.form for row in (await scene.rows())[::200]] == ["catch_up", "catch_up"]
    assert scene.place.requests == 2


async def test_a_message_that_was_begun_stays_what_it_was(scene: Scene) -> None:
    await scene.save(scene.search())
    late = datetime.now(UTC) - timedelta(hours=1)
    url = channel_label(scene.search().channels[0])
    async with open_ledger(scene.settings) as ledger:
        await ledger.add([delivery(n, channel=url, made=late) for n in range(1, 10)])
        begun = (await scene.rows())[:2]
        await ledger.begin(begun, "msg_begun", "digest", now=late)
    async with delivering(scene.settings):
        await comes(lambda: scene.place.n_alerts == 9)

    assert scene.place.taken["/rates"][0] == "msg_begun"
    assert [row.group_id == "msg_begun" for row in await scene.rows()] == [True] * 2 + [False] * 7
    assert scene.place.requests == 2


async def test_mail_has_what_the_search_says(scene: Scene) -> None:
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
            await comes(lambda: scene.states(DeliveryState.SENT))

    (mail,) = box.got
    (row,) = await scene.rows()
    assert mail["Subject"] == "rates: Bridge 1 reopens"
    assert mail["Message-ID"] == f"<{row.group_id}@news.test>"
    assert [part.get_content_type() for part in mail.get_payload()] == ["text/plain", "text/html"]


async def test_what_is_sent_again_has_the_id_that_it_had(scene: Scene) -> None:
    await scene.save(scene.search())
    await scene.alert(1)
    async with delivering(scene.settings):
        await comes(lambda: scene.states(DeliveryState.SENT))
        async with open_ledger(scene.settings) as ledger:
            assert await ledger.resend(await scene.rows(), now=datetime.now(UTC)) == 1

        await comes(lambda: scene.place.repeats == 1)


async def test_a_second_deliverer_takes_its_share_and_what_the_first_leaves(scene: Scene) -> None:
    names = [f"search-{n}" for n in range(8)]
    await scene.save(*(scene.search(name) for name in names))
    first, second = (scene.settings.model_copy(update={"session_seconds": 6.0}) for _ in range(2))
    async with delivering(second, "2") as left:
        async with delivering(first, "1") as right:
            await comes(lambda: len(left.partitions) == len(right.partitions) == 4)
            for name in names:
                await scene.alert(1, of=name)
            await comes(lambda: scene.place.n_alerts == 8)
        await comes(lambda: len(left.partitions) == 8)
        for name in names:
            await scene.alert(2, of=name)

        await comes(lambda: scene.place.n_alerts == 16)
    assert [scene.got(name) for name in names] == [ids(1, 2, of=name) for name in names]
    assert scene.place.repeats == 0


async def make_topic(settings: Settings, name: str) -> None:
    """Create a topic that is none of the pipeline's."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.broker)
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1)])
    await admin.close()


async def messages(settings: Settings, name: str) -> list[Any]:
    """All that such a topic holds."""
    plain = settings.model_copy(update={"topic_prefix": ""})
    async with consumer(plain, name) as client:
        found = await client.getmany(timeout_ms=5000)
        return [message for some in found.values() for message in some]
