import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.features import (
    has_correction_notice,
    is_placeholder,
    names,
    numbers,
    plain,
    sentence_digests,
    sentences,
    shared_hashes,
    smallest_hashes,
    text_digest,
    tokens,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("******", True),
        ("***Blah blah blah.", True),
        ("Video", True),
        ("Photos:", True),
        ("Photo: Jane Doe/ANI", True),
        ("Video: three people rescued", False),
        ("Photo: Jane Doe\nThree people were rescued.", False),
        ("Videos of the flood are everywhere", False),
        ("Rain.", False),
        ("1010", False),
    ],
)
def test_is_placeholder_of_empty_bodies(text: str, *, expected: bool) -> None:
    assert is_placeholder(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Correction: the fire was on Monday.", True),
        ("This article was amended on 3 March.", True),
        ("Editor’s note: a name was wrong.", True),
        ("The market correction continued", True),
        ("The correctional facility", False),
    ],
)
def test_has_correction_notice_of_usual_wordings(text: str, *, expected: bool) -> None:
    assert has_correction_notice(text) is expected


@given(st.text())
def test_tokens_ignore_case_and_white_space(text: str) -> None:
    first = tokens(text)

    assert tokens("  \n" + " ".join(first)) == first


@given(st.text())
def test_plain_is_idempotent(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_sentences_keep_every_word(text: str) -> None:
    assert [w for part in sentences(text) for w in tokens(part)] == tokens(text)


@given(st.lists(st.text()))
def test_sentence_digests_take_four_bytes_each(parts: list[str]) -> None:
    words = [tokens(part) for part in parts]

    assert len(sentence_digests(words)) == 4 * sum(1 for part in words if part)


def test_text_digest_depends_on_order() -> None:
    assert text_digest(["man", "bites", "dog"]) != text_digest(["dog", "bites", "man"])


def test_numbers_within_words_are_ignored() -> None:
    assert numbers("B52s, 10th, 1.5m, €3") == {"10", "1.5", "3"}


def test_names_leave_out_first_word_of_sentence() -> None:
    assert names("Rain fell on Paris. Nobody saw Anna Berg.") == {"Paris", "Anna", "Berg"}


@given(st.sets(st.text()), st.sets(st.text()), st.integers(1, 20))
def test_shared_hashes_are_symmetric_and_bounded(one, other, size) -> None:
    first, second = smallest_hashes(one, size=size), smallest_hashes(other, size=size)

    common, mine, others = shared_hashes(first, second, size=size)

    assert (common, others, mine) == shared_hashes(second, first, size=size)
    assert common <= min(mine, others) <= size
