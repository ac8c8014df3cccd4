"""Extract text and date with trafilatura and htmldate where our own rules find none.

Both are called only as a fallback: they cost a second parse, and are right less often on news
pages (docs/decisions.md).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from streams.clean.body.blocks import Block
from streams.clean.candidates import Candidate
from streams.clean.html.page import Page, parse_page
from streams.records.clean import ParagraphKind
from streams.text.characters import clean_line
from streams.text.dates import ParsedDate, parse_date

EXTRACTOR = "trafilatura"
"""Name in the receipt."""

OLDEST = "1995-01-01"
"""Earliest date that htmldate accepts by default: no news page on the web is older."""

MIN_CHARACTERS = 200
"""A shorter text is a menu or a notice: the page then has no text, and is judged accordingly."""

_ODD_PAGE = "<html><body><p class='date'>1 Nonth 2020 xx</p></body></html>"

GUESS_TRUST = 0.4
"""Low: a date found by searching the page is right on about 3 of 4 pages (trafilatura-eval)."""


def _source(page: Page) -> str:
    text: str = etree.tostring(page.root, encoding="unicode", method="html")
    return text


def trafilatura_blocks(page: Page) -> list[Block]:
    """Return the paragraphs that trafilatura finds; empty if they are too short.

    References:
        Barbaresi, "Trafilatura: A Web Scraping Library …", ACL 2021; version 2.3.1, fast mode
        (F1 .936 on 252 pages of fundus, where the default has .945; 2026-11).
    """
    from trafilatura import bare_extraction  # noqa: PLC0415  # takes 0.5 s to load, rarely used

    result: Any = bare_extraction(_source(page), fast=True, include_comments=False)
    text = result.text or "" if result else ""
    lines = (clean_line(line) for line in text.splitlines())
    blocks = [Block(line, ParagraphKind.PARAGRAPH) for line in lines if line]
    enough = sum(len(block.text) for block in blocks) >= MIN_CHARACTERS
    return blocks if enough else []


def htmldate_candidates(
    page: Page, *, url: str, fetched: datetime
) -> Iterator[Candidate[ParsedDate]]:
    """Yield the day that htmldate finds by searching the page, if any.

    References:
        Barbaresi, "htmldate: A Python package to extract publication dates from web pages",
        JOSS 2020.
    """
    from htmldate import find_date  # noqa: PLC0415  # comes with trafilatura

    result = find_date(
        _source(page),
        extensive_search=True,
        original_date=True,
        url=url or None,
        min_date=OLDEST,
        max_date=fetched.strftime("%Y-%m-%d"),
    )
    date = parse_date(result) if result else None
    if date is not None:
        yield Candidate(date, "page search", GUESS_TRUST)


def load_all() -> None:
    """Load the libraries in advance, so that neither the first page nor those behind it wait.

    Loads two libraries, and the names of months and days in all their languages: 1.8 s
    (2026-11-22), of which dateparser takes 1.1 to try an invalid date in its 205 languages.
    """
    page = parse_page(_ODD_PAGE)
    assert page is not None, "the page is markup"  # noqa: S101
    trafilatura_blocks(page)
    for _ in htmldate_candidates(page, url="", fetched=datetime(2026, 1, 1, tzinfo=UTC)):
        pass
    parse_date("1 Nonth 2020")
