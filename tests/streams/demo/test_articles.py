"""The articles of the demonstration end as their labels say, without Kafka."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from streams.demo.articles import demo_articles, report_folder, sample_folder
from streams.driver import Driver
from streams.records.topics import DEAD_LETTER, DROPPED, DUPLICATES, ENRICHED, RAW

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

ENDS = (ENRICHED.name, DUPLICATES.name, DROPPED.name, DEAD_LETTER.name)


@pytest.fixture
def ends(driver: Driver) -> dict[str, Any]:
    """Return the record that each article ended as, by its label."""
    found = {}
    for sent in demo_articles(now=lambda: NOW):
        origin = driver.put_bytes(RAW, sent.key, sent.value)
        [found[sent.label]] = [record for topic, record in driver.results(origin) if topic in ENDS]
    return found


def test_demonstration_shows_every_outcome(ends: dict[str, Any]) -> None:
    assert {label: type(end).__name__ for label, end in ends.items()} == {
        "report 1": "EnrichedArticle",
        "report 2": "EnrichedArticle",
        "near-copy of report 1": "DuplicateArticle",
        "our page": "EnrichedArticle",
        "the same page, fetched again": "DuplicateArticle",
        "the page, corrected": "EnrichedArticle",
        "headline only": "EnrichedArticle",
        "empty article": "DroppedArticle",
        "broken record": "DeadLetter",
    }


def test_demonstration_shows_every_kind_of_duplicate(ends: dict[str, Any]) -> None:
    copy, refetch = ends["near-copy of report 1"], ends["the same page, fetched again"]
    page, corrected = ends["our page"], ends["the page, corrected"]

    assert (copy.change, copy.duplicate_of) == ("copy", ends["report 1"].id)
    assert (refetch.change, refetch.duplicate_of) == ("unchanged", page.id)
    assert (corrected.id, corrected.revision.number) == (page.id, 2)
    assert {"headline", "correction_notice"} <= set(corrected.revision.kinds)


def test_demonstration_page_is_read_correctly(ends: dict[str, Any]) -> None:
    page = ends["our page"]

    assert page.title == "Harbour line opens with twelve stops"
    assert page.site.name == "Porto Novo Herald"
    assert [author.name for author in page.authors] == ["Ines Calder"]
    assert "Imprint" not in page.text


def test_samples_are_the_seeds_of_a_checkout(seeds: Path) -> None:
    assert sample_folder() == seeds


def test_reports_are_in_the_package() -> None:
    assert {path.name for path in report_folder().iterdir()} == {
        "geneva-talks.txt",
        "herring-talks.txt",
    }
