"""Extract the blocks of the article from a parsed page."""

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
"""Length below which a text is compared with the page's own copy in JSON-LD."""

MIN_SHARE: Final = 0.2
"""Share of a page's running text; a smaller result may be due to misleading class names."""

MIN_GAIN: Final = 2
"""Factor by which another result must be longer to replace the first."""


@dataclass(frozen=True, slots=True)
class ArticleBody:
    """The text of an article in a page.

    Attributes:
        blocks: The text in reading order.
        extractor: Name of the extractor: ``outline``, ``lenient-outline`` or ``json-ld``.
        lines: All lines that the page prints.
    """

    blocks: list[Block]
    extractor: str
    lines: list[TextLine]


def extract_body(page: Page, known: KnownFields) -> ArticleBody:
    """Find the article's text in a page; removes unread elements from its tree.

    Args:
        page: The parsed page; do not read its tree afterwards.
        known: Fields of its head that identify the text.
    """
    strip_unread(page.root)
    outline = PageLines(page.root)
    blocks, source = main_blocks(outline.lines, known), "outline"
    if _size(blocks) < MIN_SHARE * outline.running:
        lenient_blocks = main_blocks(PageLines(page.root, lenient=True).lines, known)
        if _size(lenient_blocks) > MIN_GAIN * _size(blocks):
            blocks, source = lenient_blocks, "lenient-outline"
    if len(known.body) > max(MIN_TEXT_CHARACTERS, MIN_GAIN * _size(blocks)):
        blocks, source = _json_ld_blocks(known.body), "json-ld"
    cleaned = [Block(clean_line(block.text), block.kind) for block in blocks]
    return ArticleBody(cleaned, source, outline.lines)


def _size(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.kind is not ParagraphKind.SUMMARY)


def _json_ld_blocks(body: str) -> list[Block]:
    """Split the text of a JSON-LD script, whose paragraphs are lines or have lost their breaks."""
    lines = clean_characters(without_entities(body)).split("\n")
    return [
        Block(piece) for line in lines for piece in split_glued_sentences(" ".join(line.split()))
    ]
