"""A parsed page in, the blocks of its article out."""

from dataclasses import dataclass
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.main_content import KnownFields, main_blocks
from streams.clean.body.sentences import split_glued_sentences
from streams.clean.body.text_lines import PageLines, TextLine, strip_unread
from streams.clean.html.page import Page
from streams.records.clean import ParagraphKind
from streams.text.characters import clean_characters, clean_line, without_entities

MIN_TEXT_CHARACTERS: Final = 200
"""A shorter text is worth comparing with the page's own JSON-LD copy of it."""

MIN_SHARE: Final = 0.2
"""Of a page's running text; where the outline finds less, its names may have misled it."""

MIN_GAIN: Final = 2
"""How many times longer another reading must be to be taken instead."""


@dataclass(frozen=True, slots=True)
class ArticleBody:
    """An article's text as it was found in a page.

    Attributes:
        blocks: In reading order.
        extractor: What found them: ``outline``, ``lenient-outline`` or ``json-ld``.
        lines: All that the page prints.
    """

    blocks: list[Block]
    extractor: str
    lines: list[TextLine]


def extract_body(page: Page, known: KnownFields) -> ArticleBody:
    """Find the article's text in a page, changing its tree.

    Args:
        page: The parsed page; nothing else is read from its tree afterwards.
        known: What its head says about the text.
    """
    strip_unread(page.root)
    outline = PageLines(page.root)
    blocks, source = main_blocks(outline.lines, known), "outline"
    if _size(blocks) < MIN_SHARE * outline.running:
        more = main_blocks(PageLines(page.root, lenient=True).lines, known)
        if _size(more) > MIN_GAIN * _size(blocks):
            blocks, source = more, "lenient-outline"
    if len(known.body) > max(MIN_TEXT_CHARACTERS, MIN_GAIN * _size(blocks)):
        blocks, source = _told(known.body), "json-ld"
    cleaned = [Block(clean_line(block.text), block.kind) for block in blocks]
    return ArticleBody(cleaned, source, outline.lines)


def _size(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.kind is not ParagraphKind.SUMMARY)


def _told(body: str) -> list[Block]:
    """Cut the text that a JSON-LD script carries: its breaks are lines, or lost."""
    lines = clean_characters(without_entities(body)).split("\n")
    return [
        Block(piece) for line in lines for piece in split_glued_sentences(" ".join(line.split()))
    ]
