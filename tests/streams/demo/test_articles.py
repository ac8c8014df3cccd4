"""The articles of the demonstration end as their labels say, without Kafka."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from streams.demo.articles import demo_articles, seed_folder
from streams.driver import Driver
from streams.records.topics import DEAD_LETTER, DROPPED, DUPLICATES, ENRICHED, RAW

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

ENDS = (ENRICHED.name, DUPLICATES.name, DROPPED.name, DEAD_LETTER.name)


@pytest.fixture
def ends(driver: Driver, seeds: Path) -> dict[str, Any]:
    """Return the record that each article ended as, by its label."""
    found = {}
    for sent in demo_articles(seeds, now=lambda: NOW):
        origin = driver.put_bytes(RAW, sent.key, sent.value)
        [found[sent.label]] = [record for topic, record in driver.results(origin) if topic in ENDS]
    return found


def test_demonstration_shows_every_outcome(ends: dict[str, Any]) -> None:
    assert {label: type(end).__name__ for label, end in ends.items()} == {
        "seed 1": "EnrichedArticle",
        "seed 2": "EnrichedArticle",
        "near-copy of the first seed": "DuplicateArticle",
        "our page": "EnrichedArticle",
        "the same page, fetched again": "DuplicateArticle",
        "the page, corrected": "EnrichedArticle",
        "headline only": "EnrichedArticle",
        "empty article": "DroppedArticle",
        "broken record": "DeadLetter",
    }


def test_demonstration_shows_every_kind_of_duplicate(ends: dict[str, Any]) -> None:
    copy, refetch = ends["near-copy of the first seed"], ends["the same page, fetched again"]
    page, corrected = ends["our page"], ends["the page, corrected"]

    assert (copy.change, copy.duplicate_of) == ("copy", ends["seed 1"].id)
    assert (refetch.change, refetch.duplicate_of) == ("unchanged", page.id)
    assert (corrected.id, corrected.revision.number) == (page.id, 2)
    assert {"headline", "correction_notice"} <= set(corrected.revision.kinds)


def test_demonstration_page_is_read_correctly(ends: dict[str, Any]) -> None:
    page = ends["our page"]

    assert page.title == "Harbour line opens with twelve stops"
    assert page.site.name == "Porto Novo Herald"
    assert [author.name for author in page.authors] == ["Ines Calder"]
    assert "Imprint" not in page.text


def test_demonstration_without_seeds_sends_the_rest(tmp_path: Path) -> None:
    labels = [sent.label for sent in demo_articles(tmp_path, now=lambda: NOW)]

    assert labels[0] == "our page"
    assert labels[-1] == "broken record"


def test_seed_folder_is_in_the_checkout(seeds: Path) -> None:
    assert seed_folder() == seeds
