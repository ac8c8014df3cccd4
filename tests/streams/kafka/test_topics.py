"""Settings of topics, and the admin client."""

import pytest

from streams.errors import BrokerError, UsageError
from streams.kafka.topic_config import missing_settings, topic_config
from streams.kafka.topics import TopicState, add_partitions, admin
from streams.records import TOPICS, Topic
from streams.records.topics import MEMORY, RAW
from streams.settings import Settings


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_topic_config_limits_record_size(topic: Topic) -> None:
    config = topic_config(topic)

    assert {type(value) for value in config.values()} == {str}
    assert config["max.message.bytes"] == str(topic.max_bytes)


def test_topic_config_has_registry_retention() -> None:
    assert topic_config(RAW)["retention.ms"] == str(7 * 24 * 3600 * 1000)


def test_topic_config_of_table_has_no_retention() -> None:
    config = topic_config(MEMORY)

    assert (config["cleanup.policy"], "retention.ms" in config) == ("compact", False)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_age_of_records_is_by_clock_of_broker(topic: Topic) -> None:
    assert topic_config(topic)["message.timestamp.type"] == "LogAppendTime"


@pytest.mark.parametrize(("n_replicas", "in_sync"), [(1, None), (2, "2"), (3, "2")])
def test_acknowledged_record_has_two_replicas(n_replicas: int, in_sync: str | None) -> None:
    assert topic_config(RAW, n_replicas=n_replicas).get("min.insync.replicas") == in_sync


def test_existing_topic_gets_missing_settings_only() -> None:
    old = {"message.timestamp.type": "CreateTime", "min.insync.replicas": "1"}
    strict = topic_config(RAW, n_replicas=3) | {"min.insync.replicas": "3"}
    configs = {"old": old, "single": old, "strict": strict}

    found = missing_settings(configs, {"old": 3, "single": 1, "strict": 3})

    assert found["old"]["min.insync.replicas"] == "2"
    assert "min.insync.replicas" not in found["single"]
    assert found.keys() == {"old", "single"}


@pytest.mark.parametrize(("partitions", "sound"), [(0, False), (1, False), (8, True), (9, False)])
def test_topic_state_is_sound_with_registry_partitions(partitions: int, *, sound: bool) -> None:
    assert TopicState(RAW, partitions).sound is sound


@pytest.mark.parametrize(
    ("topic", "partitions", "usable"),
    [(RAW, 9, True), (RAW, 7, False), (RAW, 0, False), (MEMORY, 1, True), (MEMORY, 2, False)],
)
def test_grown_topic_is_usable_unless_it_is_a_table(
    topic: Topic, partitions: int, *, usable: bool
) -> None:
    assert TopicState(topic, partitions).usable is usable


async def test_partitions_are_not_added_to_a_table() -> None:
    with pytest.raises(UsageError, match=r"articles\.memory\.v1: no partitions can be added"):
        await add_partitions(Settings(broker="127.0.0.1:1"), MEMORY, 2)


async def test_admin_reports_unreachable_broker() -> None:
    with pytest.raises(
        BrokerError, match=r"^connecting to Kafka at 127\.0\.0\.1:1: nothing answers"
    ):
        async with admin(Settings(broker="127.0.0.1:1")):
            pass
