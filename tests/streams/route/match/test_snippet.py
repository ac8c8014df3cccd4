"""Snippets around a match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.route.match.snippet import PASSAGE_CHARS, beginning, cut_snippet
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


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("wonderful " * 80, 400, 409),
        ("wonderful\n" + "marvelous\t" * 80, 400, 409),
        ("ぱ" * 40 + " " + "は\u309aん" * 200, 300, 306),
        ("e\u0301" * 600, 400, 410),
        ("👩\u200d🚀" * 300, 300, 303),
    ],
    ids=["words", "tabs", "kana", "accents", "emoji"],
)
def test_snippet_is_not_cut_within_word_or_character(text: str, start: int, end: int) -> None:
    first, found = cut_snippet(text, start, end)

    before, after = text[first - 1 : first], text[first + len(found) : first + len(found) + 1]
    assert not (before.isascii() and before.isalpha() and found[0].isalpha())
    assert not (after.isascii() and after.isalpha() and found[-1].isalpha())
    assert found[0] not in "\u0301\u309a\u200d"
    assert after not in {"\u0301", "\u309a", "\u200d"}


def test_beginning_ends_between_words() -> None:
    assert beginning("The bridge opened.", 13) == "The bridge…"
    assert beginning("橋は月曜日に開通した。", 6) == "橋は月曜日…"
    assert beginning("x" * 500, 10) == "x" * 9 + "…"
