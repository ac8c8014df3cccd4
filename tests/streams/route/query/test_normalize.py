"""Case, accents and punctuation make no difference; letters of any script do."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.route.query.normalize import folded, padded, words


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
def test_words_are_what_a_searcher_would_type(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
@example("ﬀ ß ǰ ΐ ŉ K Å ℡")
def test_folded_makes_capitals_no_difference(text: str) -> None:
    assert folded(text.upper().lower()) == folded(text.lower().upper())
    assert folded(folded(text)) == folded(text)


@given(st.text(st.sampled_from("abcxyzäöüéèñçåőřž .-"), max_size=30))
def test_words_make_accents_no_difference(text: str) -> None:
    plain = text.translate(str.maketrans("äöüéèñçåőřž", "aoueencaorz"))

    assert words(text) == words(plain)


@given(st.text())
def test_padded_holds_every_word_between_spaces(text: str) -> None:
    assert all(f" {word} " in padded(text) for word in words(text))


@given(st.text(), st.text())
def test_words_of_two_texts_are_the_words_of_each(first: str, second: str) -> None:
    assert words(f"{first}\n{second}") == words(first) + words(second)
