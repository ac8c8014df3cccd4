"""Dates of lines that are nothing but a date, and of pages that have none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams import raw_article
from streams.clean.article import clean_article
from streams.clean.metadata.byline import is_person_name
from streams.clean.metadata.dated_line import date_of_line
from streams.outcome import Emit
from streams.records.clean import CleanArticle

SENTENCE = "The council of Vik decided on Monday evening what becomes of the old ferry, it said."


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2 March 2026", 2),
        ("Published: Monday, 2 March 2026 at 9:15 am EST", 2),
        ("Veröffentlicht am Montag, 2. März 2026, 9.15 Uhr", 2),
        ("Publié le lundi 2 mars 2026 à 9h15", 2),
        ("Publicado el 2 de marzo de 2026 a las 9:15 h", 2),
        ("Опубликовано 2 марта 2026 г. в 9:15", 2),
        ("发布时间：2026年3月2日 9:15", 2),
        ("公開日 2026年3月2日（月）", 2),
        ("By Ann Example, 2 March 2026", 2),
        ("Posted on March 2, 2026 by human", 2),
        ("Ann Example | 2 March 2026 | 3 min read", 2),
        ("2 March 2026 | Updated 3 March 2026", 2),
        ("Updated 3 March 2026 | Published 2 March 2026", 2),
        ("2026-03-02 9:15 Source: AP", 2),
    ],
)
def test_date_of_line_reads_date(line: str, day: int) -> None:
    found = date_of_line(line, is_name=is_person_name)

    assert found is not None
    assert (found.date.time.month, found.date.time.day) == (3, day)


@pytest.mark.parametrize(
    "line",
    [
        "The fair of 12 May 2019 was the last in the old hall.",
        "Fair moves to 12 May 2019",
        "Version 2026.11.01",
        "v2026.11.01",
        "© 2026-11-01 Vik Post",
        "Copyright 1 January 2026",
        "Release 4.2 of 2026-11-01",
        "Valid until 12 May 2027",
        "Born 12 May 1970",
        "12–14 May 2027",
        "Tickets: 12 May 2027",
        "Am 12. Mai 2019 brannte die Mühle",
        "Budget 2026",
    ],
)
def test_date_of_line_ignores_other_lines(line: str) -> None:
    assert date_of_line(line, is_name=is_person_name, is_near=True) is None


def _article(body: str) -> CleanArticle:
    html = f"<html><head><title>Ferry sails</title></head><body>{body}</body></html>"
    raw = raw_article(source="test", url="https://news.example/ferry", html=html)
    outcome = clean_article(raw, max_page_bytes=1 << 20)
    assert isinstance(outcome, Emit)
    return outcome.record


@pytest.mark.parametrize(
    "rest",
    [
        "<footer>© 2024 Vik Post</footer>",
        "<div>Copyright 2019-2024</div>",
        "<p>The fair of 12 May 2019 was the last in the old hall.</p>",
        "<h2>Fair of 12 May 2019</h2>",
        "<div id='build'>Build 2026.11.01</div>",
        "<div>Next story: <time datetime='2026-10-02'>2 October</time>, no rain.</div>",
        "<a href='/b'><time datetime='2026-10-02'>2 Oct</time> Mill sold in Vik</a>",
        "<p class='date'>Opening on Sunday: 12 May 2019, with music in the old hall</p>",
        "<script>var expires = '2026-01-31'</script>",
    ],
)
def test_page_without_date_has_none(rest: str) -> None:
    article = _article(f"<article><h1>Ferry sails</h1><p>{SENTENCE}</p>{rest}</article>")

    assert article.published.time is None


@pytest.mark.parametrize(
    "line",
    [
        "<div class='byline'>Juli Berg, Monday November 16, 2026 10:05 am PST</div>",
        "<p>Posted on 16 November 2026</p>",
        "<div class='meta'>Von Juli Berg am 16. November 2026</div>",
    ],
)
@pytest.mark.parametrize("is_below", [True, False], ids=["headline", "end"])
def test_page_has_date_of_its_line(line: str, is_below: bool) -> None:  # noqa: FBT001
    text = f"<p>{SENTENCE}</p><p>{SENTENCE[::-1]}</p>"
    article = _article(f"<h1>Ferry sails</h1>{line + text if is_below else text + line}")

    assert article.published.time is not None
    assert article.published.time.date().isoformat() == "2026-11-16"


def test_date_with_zone_is_chosen_of_agreeing_ones() -> None:
    article = _article(
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ferry sails",'
        ' "datePublished": "2026-01-09T23:30:00"}</script>'
        '<meta property="article:published_time" content="2026-01-09T23:30:00+09:00">'
        f"<h1>Ferry sails</h1><p>{SENTENCE}</p>"
    )

    assert article.published.time == datetime(2026, 1, 9, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("case", "name", "day"),
    [
        *(
            ("47-no-date-is-no-date", name, None)
            for name in (
                "year-in-headline",
                "copyright-year",
                "version-in-footer",
                "day-in-a-sentence",
                "related-date-in-aside",
            )
        ),
        ("36-dates-of-pages", "copyright-year-only", None),
        ("36-dates-of-pages", "related-date", "2026-11-12"),
        ("36-dates-of-pages", "comment-date", "2026-11-16"),
        ("36-dates-of-pages", "itemprop-modified-with-both", "2026-11-20"),
        ("36-dates-of-pages", "dmy-slash-de", "2026-11-05"),
    ],
)
def test_date_of_page_from_field(shared: Path, case: str, name: str, day: str | None) -> None:
    html = (shared / "cases/sources" / case / f"{name}.html").read_text()
    raw = raw_article(
        source="test",
        url=f"https://news.test/story/{name}",
        html=html,
        fetched=datetime(2026, 12, 1, tzinfo=UTC),
    )

    outcome = clean_article(raw, max_page_bytes=1 << 20)

    assert isinstance(outcome, Emit)
    time = outcome.record.published.time
    assert (time.date().isoformat() if time else None) == day
