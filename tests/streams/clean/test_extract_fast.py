"""The quick reading of a page."""

from hypothesis import given
from hypothesis import strategies as st

from streams.clean.extract_fast import fast_blocks, parse_head
from tests.support.pages import PARAGRAPHS, page


@given(st.text())
def test_cheap_blocks_answers_whatever_comes(text: str) -> None:
    assert all("\n" not in block.text for block in fast_blocks(text))


def test_cheap_blocks_finds_the_paragraphs() -> None:
    blocks = fast_blocks(page("<p>Read also: Snow</p>"), ignored=["Harbor bridge reopens"])

    assert [block.text for block in blocks] == list(PARAGRAPHS)


def test_only_the_head_is_parsed() -> None:
    found = parse_head(page(head='<meta name="author" content="Ann">'))

    assert found is not None
    assert (found.title, found.first("author"), found.h1) == ("Harbor bridge reopens", "Ann", ())
