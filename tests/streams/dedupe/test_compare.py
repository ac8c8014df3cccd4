import random
from datetime import timedelta

import pytest

from schemas import Memory
from streams.dedupe.compare import compare_exact, compare_near, within
from streams.dedupe.fingerprint import Fingerprint, fingerprint
from tests.support.builders import FETCHED, clean_article

WORDS = [f"word{n}" for n in range(300)]


def remembered(print_: Fingerprint, **changes) -> Memory:
    fields = {
        "article_id": clean_article().id,
        "group_id": clean_article().id,
        "time": FETCHED,
        "fetched": FETCHED,
        "clock": FETCHED,
        "title_hash": print_.title_hash,
        "text_hash": print_.text_hash,
        "words": len(print_.words),
        "signature": print_.signature.tobytes(),
    }
    return Memory(**(fields | changes))


def of_words(words: list[str]) -> Fingerprint:
    return fingerprint(clean_article(text=" ".join(words)))


def test_compare_near_finds_a_copy_with_some_words_edited() -> None:
    chance = random.Random(5)  # noqa: S311  # the same edits every time
    copy = [word if chance.random() > 0.04 else "edited" for word in WORDS]

    verdict = compare_near(of_words(copy), remembered(of_words(WORDS)), threshold=0.7)

    assert verdict is not None
    assert 0.7 <= verdict.similarity < 1
    assert verdict.method == "near"


def test_compare_near_finds_nothing_in_another_text() -> None:
    other = of_words([word + "x" for word in WORDS])

    assert compare_near(other, remembered(of_words(WORDS)), threshold=0.7) is None


def test_compare_near_never_compares_signatures_of_two_schemes() -> None:
    known = remembered(of_words(WORDS), sig_version=0)

    assert compare_near(of_words(WORDS), known, threshold=0.7) is None


@pytest.mark.parametrize(
    ("title", "text", "method"),
    [
        ("One title", "word " * 50, "exact"),
        ("Another title", "word " * 50, "same_text"),
        ("One title", "", "same_headline"),
    ],
)
def test_compare_exact_says_what_is_the_same(title: str, text: str, method: str) -> None:
    known = remembered(fingerprint(clean_article(title="One title", text=text)))

    verdict = compare_exact(fingerprint(clean_article(title=title, text=text)), known)

    assert verdict.method == method
    assert verdict.similarity == 1


def test_within_is_symmetric_and_holds_at_the_horizon() -> None:
    day = timedelta(days=1)

    assert within(FETCHED, FETCHED + day, day)
    assert within(FETCHED + day, FETCHED, day)
    assert not within(FETCHED, FETCHED + day + timedelta(seconds=1), day)
