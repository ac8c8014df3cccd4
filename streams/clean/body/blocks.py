"""Join blocks to a text and its paragraphs with exact offsets."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from streams.records.clean import Paragraph, ParagraphKind

BLANK_LINE: Final = "\n\n"
"""Separator of the paragraphs of a text, which occurs nowhere within a paragraph."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an article that becomes a paragraph.

    Attributes:
        text: One line, cleaned by `clean_characters`.
        kind: Kind of the paragraph.
    """

    text: str
    kind: ParagraphKind = ParagraphKind.PARAGRAPH


def join_blocks(blocks: Iterable[Block]) -> tuple[str, tuple[Paragraph, ...]]:
    r"""Join blocks to a text, and return the position of each.

    Blocks without a visible character are left out. The paragraphs are in
    order, do not overlap, and cover all of the text except the blank lines.

    Args:
        blocks: Blocks in reading order.

    Returns:
        The text and its paragraphs, offsets in characters.

    Examples:
        >>> join_blocks([Block("One."), Block(" "), Block("Two.")])[0]
        'One.\n\nTwo.'
    """
    texts: list[str] = []
    paragraphs: list[Paragraph] = []
    start = 0
    for block in blocks:
        line = " ".join(block.text.split())
        if line:
            texts.append(line)
            paragraphs.append(Paragraph(kind=block.kind, start=start, end=start + len(line)))
            start += len(line) + len(BLANK_LINE)
    return BLANK_LINE.join(texts), tuple(paragraphs)


def standfirst(text: str, paragraphs: tuple[Paragraph, ...]) -> str:
    """Return the leading summary paragraphs of a text.

    Examples:
        >>> blocks = [Block("In short.", ParagraphKind.SUMMARY), Block("At length.")]
        >>> standfirst(*join_blocks(blocks))
        'In short.'
    """
    end = 0
    for paragraph in paragraphs:
        if paragraph.kind is not ParagraphKind.SUMMARY:
            break
        end = paragraph.end
    return text[:end]
