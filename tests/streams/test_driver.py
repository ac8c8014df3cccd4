"""All stages in memory: no article is lost or ends twice; a redelivery has the same outcome."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.driver import Driver
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import Processor
from streams.records import (
    Change,
    DuplicateArticle,
    EnrichedArticle,
    Origin,
    RawArticle,
    Record,
    Topic,
    encode,
)
from streams.records.topics import (
    CLEAN,
    DEAD_LETTER,
    DROPPED,
    DUPLICATES,
    ENRICHED,
    MEMORY,
    RAW,
    UNIQUE,
)
from streams.sources.files.files import read_articles
from tests.support.builders import TEXT, enriched_article, raw_article
from tests.support.memory import SMALL_MEMORY
from tests.support.redelivery import redeliver
from tests.support.strategies import dirty_html, records

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

ENDS = (ENRICHED, DUPLICATES, DROPPED, DEAD_LETTER)
"""Topics at which an article can end."""

FEW = st.sampled_from([raw_article(url=f"https://news.test/{n}", title=f"Title {n}") for n in "ab"])
"""A few articles, so that refetches and copies are frequent."""

VALUES = st.one_of(
    st.none(),
    st.binary(max_size=50),
    FEW.map(encode),
    dirty_html().map(lambda page: encode(raw_article(body=page.encode()))),
    records(RawArticle).map(encode),
    st.just(encode(raw_article(body="", title="", content_type="text/plain"))),
)
"""Values that any program may write to the raw topic."""


def ends(driver: Driver) -> Counter[tuple[str, str]]:
    """Count how often each origin ended at which topic."""
    found: Counter[tuple[str, str]] = Counter()
    for topic in ENDS:
        for message in driver.topics[topic.name]:
            found[str(message.origin), topic.name] += 1
    return found


def outcome(driver: Driver, origin: Origin) -> list[tuple[str, str]]:
    """Return the topics and types of the records of an origin."""
    return [(topic, type(record).__name__) for topic, record in driver.results(origin)]


def test_driver_runs_the_seeds_through_all_stages(driver: Driver, seeds: Path) -> None:
    found = list(read_articles(seeds, now=lambda: NOW))

    origins = [driver.put(article) for article in found if isinstance(article, RawArticle)]

    assert [outcome(driver, origin)[:3] for origin in origins] == [
        [
            (CLEAN.name, "CleanArticle"),
            (UNIQUE.name, "UniqueArticle"),
            (ENRICHED.name, "EnrichedArticle"),
        ]
    ] * 2
    assert all(outcome(driver, origin)[3][0].startswith("routed.") for origin in origins)


def test_driver_drops_an_empty_article(driver: Driver) -> None:
    origin = driver.put(raw_article(body="", title="", content_type="text/plain"))

    assert outcome(driver, origin) == [(DROPPED.name, "DroppedArticle")]


def test_driver_makes_an_unreadable_value_a_dead_letter(driver: Driver) -> None:
    origin = driver.put_bytes(RAW, b"key", b"{")

    [(_, letter)] = driver.results(origin)
    assert (letter.value, letter.origin) == (b"{", str(origin))  # type: ignore[attr-defined]


def test_driver_clock_is_in_dead_letters(processors: dict[str, Processor]) -> None:
    driver = Driver(processors, now=NOW)

    [(_, letter)] = driver.results(driver.put_bytes(RAW, None, None))

    assert letter.time == NOW  # type: ignore[attr-defined]


def test_driver_labels_a_copy_and_a_refetch(driver: Driver) -> None:
    first = raw_article(content_type="text/plain", title="Bridge opens", body=TEXT)
    copy = raw_article(
        url="https://copy.test/a", content_type="text/plain", title="Bridge opens", body=TEXT
    )

    origins = [driver.put(article) for article in (first, copy, first)]

    changes = [
        record.change
        for origin in origins
        for topic, record in driver.results(origin)
        if topic == DUPLICATES.name and isinstance(record, DuplicateArticle)
    ]
    assert changes == [Change.COPY, Change.UNCHANGED]


def test_driver_ends_an_original_after_its_copy_once(driver: Driver) -> None:
    fields: dict[str, Any] = {"content_type": "text/plain", "title": "Bridge opens", "body": TEXT}
    copy = raw_article(url="https://copy.test/a", published="2026-03-02T09:00:00Z", **fields)
    original = raw_article(published="2026-03-02T08:00:00Z", **fields)

    origins = [driver.put(article) for article in (copy, original)]

    assert ends(driver) == {
        (str(origins[0]), ENRICHED.name): 1,
        (str(origins[1]), DUPLICATES.name): 1,
    }


def test_driver_runs_a_record_from_a_later_topic_on(driver: Driver) -> None:
    article = enriched_article(title="Rain", text="It rained.")

    origin = driver.put_bytes(ENRICHED, article.id.encode(), encode(article))

    assert outcome(driver, origin)[-1] == ("routed.unmatched.v1", "EnrichedArticle")


def test_driver_records_have_no_tombstones(driver: Driver) -> None:
    driver.put_bytes(MEMORY, b"gone", None)

    assert driver.records(MEMORY.name) == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(values=st.lists(VALUES, max_size=6))
def test_driver_ends_every_origin_exactly_once(
    new_driver: Callable[[], Driver], values: list[bytes | None]
) -> None:
    driver = new_driver()

    origins = [driver.put_bytes(RAW, b"key", value) for value in values]

    assert sorted(origin for origin, _ in ends(driver)) == sorted(map(str, origins))
    assert set(ends(driver).values()) <= {1}


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(values=st.lists(VALUES, min_size=1, max_size=4), data=st.data())
def test_driver_ends_a_redelivered_origin_at_the_same_topic(
    new_driver: Callable[[], Driver], values: list[bytes | None], data: st.DataObject
) -> None:
    driver = new_driver()
    origins = [driver.put_bytes(RAW, b"key", value) for value in values]
    before = ends(driver)

    redeliver(driver, data.draw(st.sampled_from(origins)))

    assert ends(driver).keys() == before.keys()


@pytest.mark.parametrize("topic", [RAW, CLEAN], ids=["clean was killed", "dedupe was killed"])
def test_driver_repeats_the_records_of_a_redelivered_article(driver: Driver, topic: Topic) -> None:
    origin = driver.put(raw_article())
    first = enriched(driver)

    redeliver(driver, Origin(topic.name, 0, 0))

    assert enriched(driver) == first * 2
    assert len({str(message.origin) for message in driver.topics[ENRICHED.name]}) == 1
    assert str(origin) in {str(message.origin) for message in driver.topics[ENRICHED.name]}


def enriched(driver: Driver) -> list[Record]:
    """Return all enriched articles."""
    return [record for record in driver.records(ENRICHED.name) if type(record) is EnrichedArticle]


@pytest.fixture(scope="session")
def new_driver(processors: dict[str, Processor]) -> Callable[[], Driver]:
    """Return a function that builds a driver with an empty memory, for each example."""
    return lambda: Driver(processors | {"dedupe": dedupe_processor(empty_memory(SMALL_MEMORY))})
