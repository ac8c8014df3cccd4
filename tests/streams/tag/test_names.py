import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tag.names import SAME_LENGTH, fold, has_word_boundaries


@given(st.text())
def test_fold_is_idempotent(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text())
def test_same_length_replaces_one_for_one(text: str) -> None:
    assert len(text.translate(SAME_LENGTH)) == len(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Côte d’Ivoire", "Cote d'Ivoire"),
        ("ERDOĞAN", "Erdogan"),
        ("Zelenskyy", "ZELENSKYY"),
        ("Łódź", "Lodz"),
        ("Владимир  Путин", "владимир путин"),
        ("Jean-Claude Juncker", "Jean Claude Juncker"),
    ],
)
def test_fold_makes_spellings_of_one_name_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ガ", "カ"), ("Iran", "Iraq"), ("Niger", "Nigeria")])
def test_fold_distinguishes_other_names(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("Iran", "Iran", True),
        ("(Iran)", "Iran", True),
        ("Iran's", "Iran", True),
        ("Iranian", "Iran", False),
        ("UkraineTensions", "Ukraine", False),
        ("Iran\u0301", "Iran", False),
        ("在北京举行", "北京", True),
        ("в Иране", "Иран", False),
        ("भारत के", "भारत", True),
        ("भारती", "भारत", False),
    ],
)
def test_has_word_boundaries_checks_both_ends(text: str, name: str, whole: bool) -> None:  # noqa: FBT001
    start = text.index(name)

    assert has_word_boundaries(text, start, start + len(name)) is whole
