"""Normalization ignores case, accents and punctuation, and keeps letters of all scripts."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.route.query.normalize import normalize_text, normalized_words, padded_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("—!", []),
        ("Foreign Minister", ["foreign", "minister"]),
        ("Müller, MULLER", ["muller", "muller"]),
        ("Straße", ["strasse"]),
        ("Łódź Øresund Đà", ["lodz", "oresund", "da"]),
        ("İstanbul ısı", ["istanbul", "isi"]),
        ("Καλημέρα ΚΑΛΗΜΈΡΑ", ["καλημερα", "καλημερα"]),
        ("Война ёлка", ["воина", "елка"]),
        ("U.S. state-run", ["u", "s", "state", "run"]),
        ("G7 40,000 snake_case", ["g7", "40", "000", "snake", "case"]),
        ("日本政府とEU", ["日", "本", "政", "府", "と", "eu"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा"]),
        ("the ﬁne №5", ["the", "fine", "no5"]),
        ("각하", ["각하"]),
    ],
)
def test_normalized_words_are_searchable(text: str, expected: list[str]) -> None:
    assert normalized_words(text) == expected


@given(st.text())
@example("ﬀ ß ǰ ΐ ŉ K Å ℡")
def test_normalize_text_ignores_case(text: str) -> None:
    assert normalize_text(text.upper().lower()) == normalize_text(text.lower().upper())
    assert normalize_text(normalize_text(text)) == normalize_text(text)


@given(st.text(st.sampled_from("abcxyzäöüéèñçåőřž .-"), max_size=30))
def test_normalized_words_ignore_accents(text: str) -> None:
    plain = text.translate(str.maketrans("äöüéèñçåőřž", "aoueencaorz"))

    assert normalized_words(text) == normalized_words(plain)


@given(st.text())
def test_padded_words_have_spaces_around_every_word(text: str) -> None:
    assert all(f" {word} " in padded_words(text) for word in normalized_words(text))


@given(st.text(), st.text())
def test_normalized_words_of_joined_texts_are_concatenated(first: str, second: str) -> None:
    assert normalized_words(f"{first}\n{second}") == normalized_words(first) + normalized_words(
        second
    )
