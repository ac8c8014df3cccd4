import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tag.recognize.tokens import sentences, tokens


@given(st.text())
def test_tokens_cover_visible_characters_once(text: str) -> None:
    cut = tokens(text)

    assert all(text[token.start : token.end] == token.text for token in cut)
    covered = [at for token in cut for at in range(token.start, token.end)]
    assert sorted(set(covered)) == covered
    assert {at for at, c in enumerate(text) if not c.isspace()} <= set(covered)


@given(st.text())
def test_sentences_contain_all_tokens_in_order(text: str) -> None:
    assert [token for sentence in sentences(text) for token in sentence] == tokens(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Biden's", ["Biden", "'s"]),
        ("can’t", ["ca", "n’t"]),
        ("Mr. O'Brien", ["Mr.", "O'Brien"]),
        ("U.S.-led", ["U.S.", "-", "led"]),
        ("$3,000.50, 5%", ["$", "3,000.50", ",", "5", "%"]),
        ("भारत के", ["भारत", "के"]),
    ],
)
def test_tokens_follow_treebanks(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens(text)] == words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith left. He went home.", 2),
        ("“Go.” She went.", 2),
        ("The U.S. Army came.", 1),
        ("A headline\nThe text", 2),
        ("It cost 3.5 million.", 1),
    ],
)
def test_sentences_end_as_readers_expect(text: str, count: int) -> None:
    assert len(sentences(text)) == count
