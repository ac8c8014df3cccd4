"""Extract the blocks of the article from a parsed page."""

from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element as Element

from streams.clean.body.article_block import headline_element, lines_of_article
from streams.clean.body.blocks import Block
from streams.clean.body.container import text_weight
from streams.clean.body.known_fields import KnownFields
from streams.clean.body.line_features import PageReading
from streams.clean.body.line_scorer import LineChooser, trained_scorer
from streams.clean.body.main_content import blocks_of, main_lines, trimmed_lines
from streams.clean.body.sentences import split_glued_sentences
from streams.clean.body.text_lines import PageLines, Reach, TextLine, strip_unread
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


def extract_body(
    page: Page, known: KnownFields, *, scorer: LineChooser | None = None
) -> ArticleBody:
    """Find the article's text in a page; removes unread elements from its tree.

    Args:
        page: The parsed page; do not read its tree afterwards.
        known: Fields of its head that identify the text.
        scorer: What decides about each line; defaults to the trained regression.
    """
    lines, reading, source = read_page_lines(page, known)
    kept = trimmed_lines((scorer or trained_scorer()).kept_lines(reading), known)
    blocks = blocks_of(kept, _above(reading, kept), known)
    if len(known.body) > max(MIN_TEXT_CHARACTERS, MIN_GAIN * _size(blocks)):
        blocks, source = _json_ld_blocks(known.body), "json-ld"
    cleaned = [Block(clean_line(block.text), block.kind) for block in blocks]
    return ArticleBody(cleaned, source, lines)


def read_page_lines(page: Page, known: KnownFields) -> tuple[list[TextLine], PageReading, str]:
    """Read the lines of a page, and decide about them by rules.

    Args:
        page: The parsed page; do not read its tree afterwards.
        known: Fields of its head that identify the text.

    Returns:
        The lines outside of boilerplate, what the rules found, and the extractor's name.
    """
    headline = headline_element(page.root, known.titles)
    strip_unread(page.root, headline=headline)
    outline = PageLines(page.root, headline=headline)
    reading, source = _reading(outline.lines, headline, known), "outline"
    size = _size_of_lines(reading)
    if size < MIN_SHARE * outline.running:
        more = _reading_within(Reach.NAMED_PARTS, page, headline, known)
        if _size_of_lines(more) > MIN_GAIN * size:
            reading, source = more, "lenient-outline"
            size = _size_of_lines(reading)
        nothing = not any(map(text_weight, _own_lines(outline.lines, headline, known)))
        if nothing and size < MIN_SHARE * outline.running:
            reading = _reading_within(Reach.LARGE_PARTS, page, headline, known)
    return outline.lines, reading, source


def printed_lines(page: Page, known: KnownFields) -> list[TextLine]:
    """Return the lines of the page's own article with those around its text: bylines, dates.

    Args:
        page: The page, after `extract_body`.
        known: The same as there.
    """
    headline = headline_element(page.root, known.titles)
    lines = PageLines(page.root, reach=Reach.NAMED_PARTS, headline=headline).lines
    return _own_lines(lines, headline, known)


def _reading_within(
    reach: Reach, page: Page, headline: Element | None, known: KnownFields
) -> PageReading:
    lines = PageLines(page.root, reach=reach, headline=headline).lines
    return _reading(lines, headline, known)


def _reading(lines: list[TextLine], headline: Element | None, known: KnownFields) -> PageReading:
    own = _own_lines(lines, headline, known)
    kept, above = main_lines(own, known)
    return PageReading(lines, own, kept, above, headline, known)


def _size_of_lines(reading: PageReading) -> int:
    return _size(blocks_of(reading.kept, reading.above, reading.known))


def _above(reading: PageReading, kept: list[TextLine]) -> list[TextLine]:
    """Return the lines between headline and text that are not in the text."""
    inside = set(map(id, kept))
    return [line for line in reading.above if id(line) not in inside]


def _own_lines(
    lines: list[TextLine], headline: Element | None, known: KnownFields
) -> list[TextLine]:
    """Return the lines of the page's own article; the entries of a live blog all belong to it."""
    return lines if known.is_live else lines_of_article(lines, headline, known.declared)


def _size(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks if block.kind is not ParagraphKind.SUMMARY)


def _json_ld_blocks(body: str) -> list[Block]:
    """Split the text of a JSON-LD script, whose paragraphs are lines or have lost their breaks."""
    lines = clean_characters(without_entities(body)).split("\n")
    return [
        Block(piece) for line in lines for piece in split_glued_sentences(" ".join(line.split()))
    ]
