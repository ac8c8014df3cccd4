"""A page on which our own reading found nothing in, what trafilatura and htmldate find there out.

Both are asked only where there is nothing to lose: they cost a second parse, and on pages of
news they are right less often (ARCHITECTURE.md, Decisions).
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
"""How the receipt names it."""

OLDEST = "1995-01-01"
"""htmldate's own bound: no news page on the web is older."""

MIN_CHARACTERS = 200
"""Less is a menu or a notice: then the page has no text, and is judged as such."""

_ODD_PAGE = "<html><body><p class='date'>1 Nonth 2020 xx</p></body></html>"

GUESS_TRUST = 0.4
"""A date that merely stands on the page is right on about three pages in four: trafilatura-eval."""


def _source(page: Page) -> str:
    text: str = etree.tostring(page.root, encoding="unicode", method="html")
    return text


def trafilatura_blocks(page: Page) -> list[Block]:
    """Give the paragraphs that trafilatura finds; none where it finds none either.

    References:
        Barbaresi, "Trafilatura: A Web Scraping Library …", ACL 2021; version 2.3.1, fast mode
        (F1 .936 on 252 pages of fundus, where the default has .945; 2026-11).
    """
    from trafilatura import bare_extraction  # noqa: PLC0415  # 0.5 s to load, and rarely asked

    found: Any = bare_extraction(_source(page), fast=True, include_comments=False)
    text = found.text or "" if found else ""
    lines = (clean_line(line) for line in text.splitlines())
    blocks = [Block(line, ParagraphKind.PARAGRAPH) for line in lines if line]
    enough = sum(len(block.text) for block in blocks) >= MIN_CHARACTERS
    return blocks if enough else []


def htmldate_candidates(
    page: Page, *, url: str, fetched: datetime
) -> Iterator[Candidate[ParsedDate]]:
    """Give the day that htmldate finds by its search through the whole page, if any.

    References:
        Barbaresi, "htmldate: A Python package to extract publication dates from web pages",
        JOSS 2020.
    """
    from htmldate import find_date  # noqa: PLC0415  # comes with trafilatura

    found = find_date(
        _source(page),
        extensive_search=True,
        original_date=True,
        url=url or None,
        min_date=OLDEST,
        max_date=fetched.strftime("%Y-%m-%d"),
    )
    moment = parse_date(found) if found else None
    if moment is not None:
        yield Candidate(moment, "page search", GUESS_TRUST)


def load_all() -> None:
    """Load what the first page that needs it would wait for, and the pages behind it.

    Two libraries, and the names of months and days in all their languages: 1.8 s (2026-11-22),
    1.1 of them until dateparser has tried a date that is none in each of its 205 languages.
    """
    page = parse_page(_ODD_PAGE)
    assert page is not None, "it is markup"  # noqa: S101
    trafilatura_blocks(page)
    for _ in htmldate_candidates(page, url="", fetched=datetime(2026, 1, 1, tzinfo=UTC)):
        pass
    parse_date("1 Nonth 2020")
