"""The text and its paragraphs."""

from hypothesis import given
from hypothesis import strategies as st

from streams.clean.body.blocks import BLANK_LINE, Block, join_blocks, standfirst
from streams.records.clean import ParagraphKind

BLOCKS = st.lists(st.builds(Block, st.text(), st.sampled_from(ParagraphKind)))


@given(BLOCKS)
def test_paragraphs_cover_all_of_the_text_but_the_blank_lines(blocks: list[Block]) -> None:
    text, paragraphs = join_blocks(blocks)

    assert BLANK_LINE.join(text[p.start : p.end] for p in paragraphs) == text


@given(BLOCKS)
def test_paragraphs_are_in_order_and_do_not_overlap(blocks: list[Block]) -> None:
    _, paragraphs = join_blocks(blocks)

    bounds = [bound for p in paragraphs for bound in (p.start, p.end)]
    assert bounds == sorted(set(bounds))


@given(BLOCKS)
def test_no_paragraph_is_empty_or_holds_a_line_feed(blocks: list[Block]) -> None:
    text, paragraphs = join_blocks(blocks)

    parts = [text[p.start : p.end] for p in paragraphs]
    assert all(part.strip() == part != "" and "\n" not in part for part in parts)


@given(BLOCKS)
def test_the_standfirst_is_the_beginning_of_the_text(blocks: list[Block]) -> None:
    text, paragraphs = join_blocks(blocks)

    assert text.startswith(standfirst(text, paragraphs))


def test_the_standfirst_ends_before_the_first_paragraph_of_another_kind() -> None:
    blocks = [
        Block("In short.", ParagraphKind.SUMMARY),
        Block("Long."),
        Block("x", ParagraphKind.SUMMARY),
    ]

    assert standfirst(*join_blocks(blocks)) == "In short."
