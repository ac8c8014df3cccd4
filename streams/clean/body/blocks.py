"""Blocks in, the text and its paragraphs with exact offsets out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from streams.records.clean import Paragraph, ParagraphKind

BLANK_LINE: Final = "\n\n"
"""What stands between two paragraphs of a text, and nowhere within one."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of an article on its way to being a paragraph.

    Attributes:
        text: One line of characters that `clean_characters` let through.
        kind: What it is.
    """

    text: str
    kind: ParagraphKind = ParagraphKind.PARAGRAPH


def join_blocks(blocks: Iterable[Block]) -> tuple[str, tuple[Paragraph, ...]]:
    r"""Join blocks to a text, and say where each lies in it.

    Blocks without a visible character are left out. The paragraphs are in
    order, do not overlap, and cover all of the text but the blank lines.

    Args:
        blocks: In reading order.

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
    """Give the summary as it stands in the text: its leading summary paragraphs.

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
