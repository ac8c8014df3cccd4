"""Topics as Kafka wants them spelled."""

import pytest

from streams.errors import BrokerError
from streams.kafka.topics import TopicState, admin, topic_config
from streams.records import TOPICS, Topic
from streams.records.topics import MEMORY, RAW
from streams.settings import Settings


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_topic_config_is_text_and_bounds_records(topic: Topic) -> None:
    config = topic_config(topic)

    assert {type(value) for value in config.values()} == {str}
    assert config["max.message.bytes"] == str(topic.max_bytes)


def test_topic_config_keeps_records_as_long_as_the_registry_says() -> None:
    assert topic_config(RAW)["retention.ms"] == str(7 * 24 * 3600 * 1000)


def test_topic_config_of_a_table_forgets_nothing_by_age() -> None:
    config = topic_config(MEMORY)

    assert (config["cleanup.policy"], "retention.ms" in config) == ("compact", False)


@pytest.mark.parametrize(("partitions", "sound"), [(0, False), (1, False), (8, True), (9, False)])
def test_topic_state_is_sound_with_the_partitions_of_the_registry(
    partitions: int, *, sound: bool
) -> None:
    assert TopicState(RAW, partitions).sound is sound


async def test_admin_says_that_nobody_answers() -> None:
    with pytest.raises(
        BrokerError, match=r"^connecting to Kafka at 127\.0\.0\.1:1: nothing answers"
    ):
        async with admin(Settings(broker="127.0.0.1:1")):
            pass
