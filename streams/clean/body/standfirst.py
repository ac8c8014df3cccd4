"""Find the standfirst among the lines above and at the beginning of a text."""

import re
from collections.abc import Iterable
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.container import text_weight
from streams.clean.body.repetition import comparison_key
from streams.clean.body.text_lines import TextLine
from streams.records.clean import ParagraphKind

MIN_STANDFIRST_CHARACTERS: Final = 20
"""Fewest letters and digits of a standfirst."""

MIN_UNNAMED_WEIGHT: Final = 60
"""Lowest weight of a standfirst between headline and text that is not named as one."""

MAX_STANDFIRST_LINES: Final = 3
"""Most paragraphs of a standfirst; more are a text of their own."""

N_FIRST_LINES: Final = 4
"""Lines of the text that may be the standfirst: it may follow a kicker, byline or date."""

_STANDFIRST_NAME: Final = re.compile(
    r"standfirst|\blead\b|\blede\b|\bintro|summary|\bdek\b|sub-?(?:title|head|headline|line)|"
    r"chapo|sapo\b|vorspann|teaser|excerpt|description|sumario|entradilla|bajada|sommario|"
    r"occhiello|ingress|manchet|spot\b|abstract|deck\b",
    re.IGNORECASE,
)
"""Class names of a standfirst, in the languages of the development pages."""


def mark_standfirst(
    blocks: list[Block], kept: list[TextLine], above: list[TextLine], descriptions: Iterable[str]
) -> list[Block]:
    """Mark the blocks of the standfirst, and insert before the text a standfirst above it.

    Args:
        blocks: Blocks of the text.
        kept: Lines of the blocks.
        above: Lines between headline and text.
        descriptions: Descriptions in the page's head; a printed line equal to one is
            the standfirst.

    Returns:
        The blocks, those of the standfirst first, as summaries.
    """
    keys = [comparison_key(text)[:60] for text in descriptions if text]
    marked = _mark_key_points(blocks)
    for index, line in enumerate(kept[:N_FIRST_LINES]):
        if is_named_standfirst(line) or (_is_described(line, keys) and _is_separate(kept, index)):
            marked[index] = Block(line.text, ParagraphKind.SUMMARY)
            break
        if text_weight(line):
            break
    texts = {comparison_key(block.text) for block in blocks}
    standfirst_lines = [
        line
        for line in above
        if comparison_key(line.text) not in texts and _is_standfirst(line, keys)
    ]
    return [
        *(
            Block(line.text, ParagraphKind.SUMMARY)
            for line in standfirst_lines[:MAX_STANDFIRST_LINES]
        ),
        *marked,
    ]


def _mark_key_points(blocks: list[Block]) -> list[Block]:
    """Mark a list at the very beginning as a summary: the key points."""
    first = (i for i, block in enumerate(blocks) if block.kind is not ParagraphKind.LIST_ITEM)
    n_items = next(first, 0)
    points = [Block(block.text, ParagraphKind.SUMMARY) for block in blocks[:n_items]]
    return [*points, *blocks[n_items:]]


def _is_standfirst(line: TextLine, keys: list[str]) -> bool:
    """Return whether a line above the text is its standfirst: by name, words or length."""
    if line.leads_away:
        return False
    if _is_described(line, keys) or is_named_standfirst(line):
        return True
    return text_weight(line) >= MIN_UNNAMED_WEIGHT and not line.linked


def _is_described(line: TextLine, keys: list[str]) -> bool:
    """Return whether a line begins like a description in the page's head."""
    key = comparison_key(line.text)
    if len(key) < MIN_STANDFIRST_CHARACTERS:
        return False
    return any(key.startswith(text) or text.startswith(key[:60]) for text in keys if text)


def is_named_standfirst(line: TextLine) -> bool:
    """Return whether a line's element has the name of a standfirst."""
    return _STANDFIRST_NAME.search(line.parent.get("class", "")) is not None and bool(
        text_weight(line)
    )


def _is_separate(lines: list[TextLine], index: int) -> bool:
    """Return whether a line is separate from the next: a first paragraph may be described too."""
    if index + 1 >= len(lines):
        return False
    return lines[index + 1].parent.getparent() is not lines[index].parent.getparent()
