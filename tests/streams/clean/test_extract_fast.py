"""The fast extractor."""

from hypothesis import given
from hypothesis import strategies as st

from streams.clean.extract_fast import fast_blocks, parse_head
from tests.support.pages import PARAGRAPHS, page


@given(st.text())
def test_fast_blocks_accepts_any_text(text: str) -> None:
    assert all("\n" not in block.text for block in fast_blocks(text))


def test_fast_blocks_finds_paragraphs() -> None:
    blocks = fast_blocks(page("<p>Read also: Snow</p>"), ignored=["Harbor bridge reopens"])

    assert [block.text for block in blocks] == list(PARAGRAPHS)


def test_parse_head_parses_only_head() -> None:
    parsed = parse_head(page(head='<meta name="author" content="Ann">'))

    assert parsed is not None
    assert (parsed.title, parsed.first("author"), parsed.h1) == ("Harbor bridge reopens", "Ann", ())
