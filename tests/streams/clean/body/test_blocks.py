"""Joining of blocks to a text."""

from hypothesis import given
from hypothesis import strategies as st

from streams.clean.body.blocks import BLANK_LINE, Block, join_blocks, standfirst
from streams.records.clean import ParagraphKind

BLOCKS = st.lists(st.builds(Block, st.text(), st.sampled_from(ParagraphKind)))


@given(BLOCKS)
def test_join_blocks_paragraphs_cover_text(blocks: list[Block]) -> None:
    text, paragraphs = join_blocks(blocks)

    assert BLANK_LINE.join(text[p.start : p.end] for p in paragraphs) == text


@given(BLOCKS)
def test_join_blocks_paragraphs_are_ordered_and_disjoint(blocks: list[Block]) -> None:
    _, paragraphs = join_blocks(blocks)

    bounds = [bound for p in paragraphs for bound in (p.start, p.end)]
    assert bounds == sorted(set(bounds))


@given(BLOCKS)
def test_join_blocks_returns_nonempty_single_lines(blocks: list[Block]) -> None:
    text, paragraphs = join_blocks(blocks)

    parts = [text[p.start : p.end] for p in paragraphs]
    assert all(part.strip() == part != "" and "\n" not in part for part in parts)


@given(BLOCKS)
def test_standfirst_is_prefix_of_text(blocks: list[Block]) -> None:
    text, paragraphs = join_blocks(blocks)

    assert text.startswith(standfirst(text, paragraphs))


def test_standfirst_ends_before_other_kind() -> None:
    blocks = [
        Block("In short.", ParagraphKind.SUMMARY),
        Block("Long."),
        Block("x", ParagraphKind.SUMMARY),
    ]

    assert standfirst(*join_blocks(blocks)) == "In short."
