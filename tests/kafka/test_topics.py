"""Topics on a live broker: created as in the registry, unchanged if they exist."""

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.errors import BrokerError
from streams.kafka.connection import physical_name
from streams.kafka.topics import admin, create_topics, topic_config, topic_states
from streams.records import Topic, routed_topic
from streams.records.topics import MEMORY, RAW
from streams.settings import Settings
from tests.support.live import wait_for_leaders

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW,)


async def test_create_topics_returns_created_topics(live: Settings) -> None:
    assert await create_topics(live, [RAW, MEMORY]) == [MEMORY.name]
    assert await create_topics(live, [RAW, MEMORY]) == []


async def test_created_topics_have_registry_partitions(live: Settings) -> None:
    missing = routed_topic("nowhere")
    await create_topics(live, [MEMORY])
    await wait_for_leaders(live, [MEMORY])

    states = await topic_states(live, [RAW, MEMORY, missing])

    assert [(state.topic.name, state.partitions, state.sound) for state in states] == [
        (RAW.name, 8, True),
        (MEMORY.name, 1, True),
        (missing.name, 0, False),
    ]


@pytest.mark.parametrize("topic", [RAW, MEMORY], ids=["stream", "table"])
async def test_created_topics_have_registry_settings(live: Settings, topic: Topic) -> None:
    await create_topics(live, [topic])

    async with admin(live) as client:
        name = physical_name(live, topic.name)
        [response] = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])

    found = {name: value for name, value, *_ in response.resources[0][4]}
    assert {name: found[name] for name in topic_config(topic)} == topic_config(topic)


async def test_create_topics_reports_refusal(live: Settings) -> None:
    many = live.model_copy(update={"replication_factor": 9})

    with pytest.raises(
        BrokerError, match=r"^creating topic .*memory.*: replication-factor is invalid"
    ):
        await create_topics(many, [MEMORY])
