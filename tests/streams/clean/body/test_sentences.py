"""Splitting of sentences, also without spaces between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.body.sentences import split_glued_sentences, split_glued_words, split_sentences


@given(st.text())
def test_split_sentences_loses_only_white_space(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


@given(st.text(st.sampled_from('aB. "”(1')))
def test_split_glued_sentences_loses_only_white_space(text: str) -> None:
    assert "".join("".join(split_glued_sentences(text)).split()) == "".join(text.split())


@given(st.text(st.sampled_from('aB. "”(1')))
def test_split_glued_sentences_is_idempotent(text: str) -> None:
    assert [
        again for piece in split_glued_sentences(text) for again in split_glued_sentences(piece)
    ] == split_glued_sentences(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Gen. Lee met J. R. Smith Jr. of Acme Inc. today. He left.", None),
        ("It cost 3.5 mln. dollars.", ["It cost 3.5 mln. dollars."]),
        ("“Go.” She went.", ["“Go.”", "She went."]),
        ("He met the U.S. Army. It left.", ["He met the U.S. Army.", "It left."]),
        ("一。二！", ["一。", "二！"]),
    ],
)
def test_split_sentences(text: str, expected: list[str] | None) -> None:
    assert split_sentences("") == []
    assert split_sentences(text) == (expected or [text[: -len(" He left.")], "He left."])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("official.Meanwhile", 2),
        ("in December.In January", 2),
        ('on Tuesday."Secretary', 2),
        ('He said "no."Nobody came', 2),
        ("“Yes.”“No.”", 2),
        ("Warum?Darum.", 2),
        ("sagte er.Ärzte", 2),
        ("сказал он.Потом", 2),
        ("Booking.com", 1),
        ("Booking.Com", 1),
        ("U.S.Army", 1),
        ("Ph.D.", 1),
        ("St.Louis", 1),
        ("<HARB.HK>", 1),
        ("for a while...The market", 1),
        ("am 3.Mai", 1),
        ("version 2.Beta", 1),
        ("node.js is.", 1),
    ],
)
def test_split_glued_sentences_splits_only_between_sentences(text: str, pieces: int) -> None:
    assert len(split_glued_sentences(text)) == pieces


@pytest.mark.parametrize(
    ("text", "vocabulary", "pieces"),
    [
        ("over UkraineTensions rose", {"ukraine", "tensions"}, 2),
        ("on YouTube now", {"you", "now"}, 1),
        ("Ronald McDonald", {"donald"}, 1),
    ],
)
def test_split_glued_words_splits_only_known_words(
    text: str, vocabulary: set[str], pieces: int
) -> None:
    assert len(split_glued_words(text, frozenset(vocabulary))) == pieces
