"""Cases of comparable software, in ../shared."""

from pathlib import Path

import pytest

from streams.sources.feeds.article import article_from_entry
from streams.sources.feeds.parsing.parse import parse_feed
from tests.streams.sources.feeds.test_article import FETCHED


def titles_and_links(shared: Path, case: str, *, url: str = "") -> dict[str, str]:
    """Return the links of the articles in a case's feed by title."""
    body = (shared / "cases/sources" / case / "feed.xml").read_bytes()
    articles = (
        article_from_entry(entry, source="x", feed_url=url, fetched=FETCHED)
        for entry in parse_feed(body, url=url).entries
    )
    return {article.title: article.url for article in articles}


@pytest.mark.parametrize("mistake", ["mismatch", "raw-br"])
def test_one_mistake_spoils_no_other_item(shared: Path, mistake: str) -> None:
    links = titles_and_links(shared, f"17v-one-mistake-{mistake}")

    assert links["Rain & wind 2"].endswith("/d?a=2&b=2")
    assert links["Rain & wind 1"].endswith("/d?a=1&b=2")


def test_dirty_xml_is_read(shared: Path) -> None:
    links = titles_and_links(shared, "17-dirty-xml")

    assert links["Rain & wind: 3 < 4 …"].endswith("/d/2?a=1&b=2")
    assert "Choir sings at the mill" in links


def test_angle_brackets_stay_in_titles(shared: Path) -> None:
    titles = titles_and_links(shared, "07-angle-brackets-in-titles")

    assert {
        "Not for pupils' bags: <14s barred from e-scooter hire",
        "What is the <tideclock> element for?",
        "Rents <5 percent up, wages >3 percent: the week in numbers",
        "The Mill opens in Vik",
    } <= titles.keys()


def test_relative_links_belong_to_site(shared: Path) -> None:
    links = titles_and_links(shared, "31-relative-links", url="https://feeds.test/rss")

    assert links["Relative from root"] == "http://www.harbourgazette.test/blog/foo-bar-baz"
    assert links["No slash"] == "http://www.harbourgazette.test/blog/second-story-here"


def test_description_of_video_is_read(shared: Path) -> None:
    body = (shared / "cases/sources/09-media-group-description/feed.xml").read_bytes()

    (entry,) = parse_feed(body).entries

    assert "debates the ferry contract" in entry.summary
