"""Extract text with trafilatura where our own rules find none.

Called only as a fallback: it costs a second parse, and is right less often on news pages
(docs/decisions.md).
"""

from typing import Any

from lxml import etree

from streams.clean.body.blocks import Block
from streams.clean.html.page import Page, parse_page
from streams.records.clean import ParagraphKind
from streams.text.characters import clean_line

EXTRACTOR = "trafilatura"
"""Name in the receipt."""

MIN_CHARACTERS = 200
"""A shorter text is a menu or a notice: the page then has no text, and is judged accordingly."""


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


def load_all() -> None:
    """Load the library in advance, so that neither the first page nor those behind it wait."""
    page = parse_page("<html><body><p>Rain.</p></body></html>")
    assert page is not None, "the page is markup"  # noqa: S101
    trafilatura_blocks(page)
