"""The lines above and at the beginning of a text in, its standfirst told apart out."""

import re
from collections.abc import Iterable
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.boilerplate import leads_away
from streams.clean.body.container import text_weight
from streams.clean.body.repetition import comparison_key
from streams.clean.body.text_lines import TextLine
from streams.records.clean import ParagraphKind

MIN_LEAD_CHARACTERS: Final = 20
"""Letters and digits of a standfirst."""

MIN_UNNAMED_WEIGHT: Final = 60
"""Of a line between headline and text that nothing names as the standfirst."""

MAX_LEAD_LINES: Final = 3
"""A standfirst of more paragraphs is a text of its own."""

N_FIRST_LINES: Final = 4
"""Where in the text the standfirst may be: after a kicker, byline or date."""

_LEAD_NAME: Final = re.compile(
    r"standfirst|\blead\b|\blede\b|\bintro|summary|\bdek\b|sub-?(?:title|head|headline|line)|"
    r"chapo|sapo\b|vorspann|teaser|excerpt|description|sumario|entradilla|bajada|sommario|"
    r"occhiello|ingress|manchet|spot\b|abstract|deck\b",
    re.IGNORECASE,
)
"""How the element of a standfirst is called, in the languages of the development pages."""


def mark_standfirst(
    blocks: list[Block], kept: list[TextLine], above: list[TextLine], descriptions: Iterable[str]
) -> list[Block]:
    """Mark the standfirst as such, and put it before the text where it stands above it.

    Args:
        blocks: Of the text.
        kept: Their lines.
        above: Lines between headline and text.
        descriptions: Teasers of the page's head: where one is printed, that is
            the standfirst.

    Returns:
        The blocks, those of the standfirst first and of its kind.
    """
    said = [comparison_key(text)[:60] for text in descriptions if text]
    marked = _points(blocks)
    for index, line in enumerate(kept[:N_FIRST_LINES]):
        if _is_called_lead(line) or (_is_described(line, said) and _stands_apart(kept, index)):
            marked[index] = Block(line.text, ParagraphKind.SUMMARY)
            break
        if text_weight(line):
            break
    texts = {comparison_key(block.text) for block in blocks}
    leads = [
        line for line in above if comparison_key(line.text) not in texts and _is_lead(line, said)
    ]
    return [*(Block(line.text, ParagraphKind.SUMMARY) for line in leads[:MAX_LEAD_LINES]), *marked]


def _points(blocks: list[Block]) -> list[Block]:
    """Mark a list at the very beginning: "In short", the key points."""
    first = (i for i, block in enumerate(blocks) if block.kind is not ParagraphKind.LIST_ITEM)
    n_items = next(first, 0)
    points = [Block(block.text, ParagraphKind.SUMMARY) for block in blocks[:n_items]]
    return [*points, *blocks[n_items:]]


def _is_lead(line: TextLine, said: list[str]) -> bool:
    """Tell whether a line above the text is of its standfirst: by name, words or length."""
    if leads_away(line.text):
        return False
    if _is_described(line, said) or _is_called_lead(line):
        return True
    return text_weight(line) >= MIN_UNNAMED_WEIGHT and not line.linked


def _is_described(line: TextLine, said: list[str]) -> bool:
    """Tell whether a line is what the page's head gives as its description."""
    key = comparison_key(line.text)
    if len(key) < MIN_LEAD_CHARACTERS:
        return False
    return any(key.startswith(text) or text.startswith(key[:60]) for text in said if text)


def _is_called_lead(line: TextLine) -> bool:
    """Tell whether a line's element is named as the standfirst."""
    return _LEAD_NAME.search(line.parent.get("class", "")) is not None and bool(text_weight(line))


def _stands_apart(lines: list[TextLine], index: int) -> bool:
    """Tell a standfirst from a first paragraph, which often is the description, too."""
    if index + 1 >= len(lines):
        return False
    return lines[index + 1].parent.getparent() is not lines[index].parent.getparent()
