"""The registry of topics: names, keys and sizes that Kafka and the stages support."""

import re
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import DuplicateArticle, EnrichedArticle
from streams.records.topics import (
    DEAD_LETTER,
    RAW,
    ROUTE_NAME,
    TOPICS,
    UNMATCHED,
    Cleanup,
    Topic,
    routed_topic,
    topic_named,
)

EVERY_TOPIC = [*TOPICS, routed_topic(UNMATCHED)]


def name_of(topic: Topic) -> str:
    """Return the name of a topic, as a test id."""
    return topic.name


def test_topic_names_are_unique() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


@pytest.mark.parametrize("topic", EVERY_TOPIC, ids=name_of)
def test_topic_name_has_a_version_and_no_underscore(topic: Topic) -> None:
    # Kafka spells dots as underscores in the names of metrics: names with both can collide.
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.v[1-9]", topic.name)


@pytest.mark.parametrize(
    "topic", [topic for topic in EVERY_TOPIC if topic is not DEAD_LETTER], ids=name_of
)
def test_topic_key_is_a_field_of_its_records(topic: Topic) -> None:
    fields = [set(record.__struct_fields__) for record in topic.records]

    assert all(topic.key in names for names in fields)


@pytest.mark.parametrize("topic", EVERY_TOPIC, ids=name_of)
def test_topic_has_a_purpose(topic: Topic) -> None:
    assert topic.why


@pytest.mark.parametrize("topic", EVERY_TOPIC, ids=name_of)
def test_topic_retention_is_at_least_a_week(topic: Topic) -> None:
    assert topic.cleanup is Cleanup.COMPACT or topic.retention >= timedelta(days=7)


def test_dead_letter_limit_fits_any_record_in_base64() -> None:
    largest = max(topic.max_bytes for topic in TOPICS if topic is not DEAD_LETTER)

    assert DEAD_LETTER.max_bytes > largest * 4 / 3


@pytest.mark.parametrize("topic", EVERY_TOPIC, ids=name_of)
def test_topic_named_finds_every_topic(topic: Topic) -> None:
    assert topic_named(topic.name) == topic


@pytest.mark.parametrize("name", ["", "articles.raw", "routed..v1", "routed.A.v1", "routed.a.v2"])
def test_topic_named_raises_for_other_names(name: str) -> None:
    with pytest.raises(KeyError):
        topic_named(name)


@given(st.from_regex(ROUTE_NAME, fullmatch=True))
def test_topic_named_finds_routed_topics(route: str) -> None:
    assert topic_named(routed_topic(route).name) == routed_topic(route)


@given(st.text().filter(lambda text: not ROUTE_NAME.fullmatch(text)))
def test_routed_topic_refuses_invalid_names(route: str) -> None:
    with pytest.raises(ValueError, match="1 to 60 characters"):
        routed_topic(route)


def test_routed_records_are_distinguishable() -> None:
    # Each is read as the other's superset otherwise: a reader tries DuplicateArticle first.
    required = {field.name for field in msgspec.structs.fields(DuplicateArticle) if field.required}

    assert required - set(EnrichedArticle.__struct_fields__) >= {"duplicate_of", "change"}


def test_raw_topic_limit_fits_articles_of_sources() -> None:
    assert RAW.max_bytes == 4 * 1024 * 1024
