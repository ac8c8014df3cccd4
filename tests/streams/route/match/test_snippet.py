"""Snippets around a match."""

from hypothesis import given
from hypothesis import strategies as st

from streams.route.match.snippet import PASSAGE_CHARS, cut_snippet
from tests.support.strategies import TEXT


def test_snippet_cuts_long_paragraph_at_spaces() -> None:
    text = "word " * 100 + "bridge" + " word" * 100

    start, found = cut_snippet(text, 500, 506)

    assert found.split().count("word") == len(found.split()) - 1
    assert text[start - 1] == " "
    assert 250 < len(found) <= PASSAGE_CHARS


@given(st.lists(TEXT, max_size=30).map(" ".join), st.integers(0, 500), st.integers(1, 500))
def test_snippet_is_bounded_part_of_text_with_match(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))

    first, found = cut_snippet(text, start, end)

    assert text[first : first + len(found)] == found
    assert len(found) <= PASSAGE_CHARS
    assert first <= start
    assert end <= first + len(found) or len(found) == PASSAGE_CHARS
