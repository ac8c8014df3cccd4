"""Committed positions count only for the topic in which they were reached."""

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.kafka.bound_positions import BoundPositions

PLACE = TopicPartition("articles.raw.v1", 3)


def positions(topic_id: str) -> BoundPositions:
    found = BoundPositions()
    found.renew({PLACE.topic: topic_id})
    return found


@pytest.mark.parametrize(
    ("metadata", "is_valid"),
    [
        ("topic-id:5f2c90aa", True),
        ("topic-id:00aa17e5", False),
        ("", True),
        (None, True),
        ("written by another program", True),
    ],
)
def test_position_of_other_topic_does_not_count(metadata: str | None, *, is_valid: bool) -> None:
    bound = positions("5f2c90aa")

    valid = bound.valid({PLACE: OffsetAndMetadata(1000, metadata)})

    assert (PLACE in valid, PLACE in bound.of_other_topics) == (is_valid, not is_valid)


def test_commit_of_old_topic_does_not_count_for_new_one() -> None:
    stale = positions("5f2c90aa").bound({PLACE: OffsetAndMetadata(1000, "")})

    assert positions("00aa17e5").valid(stale) == {}
    assert positions("5f2c90aa").valid(stale) == stale


def test_broker_without_ids_believes_every_position() -> None:
    bound = BoundPositions()
    offsets = bound.bound({PLACE: OffsetAndMetadata(1000, "")})

    assert offsets == {PLACE: OffsetAndMetadata(1000, "")}
    assert bound.valid({PLACE: OffsetAndMetadata(7, "topic-id:5f2c90aa")})
