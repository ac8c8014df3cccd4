from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.diff import compared_with, diff_articles
from streams.dedupe.fingerprint import fingerprint_of
from streams.records import Change, DuplicateArticle, Receipt
from tests.support.builders import clean_article, duplicate_article

TEXTS = st.lists(
    st.sampled_from(["rain", "fell", "on", "paris", "rome. ", "sun"]), max_size=40
).map(" ".join)


@given(TEXTS, TEXTS)
def test_differences_and_equal_words_make_up_both_texts(one: str, other: str) -> None:
    first, second = clean_article(text=one), clean_article(text=other)

    differences = diff_articles(first, second).differences

    for article, side in ((first, "left"), (second, "right")):
        differing = sum(len(getattr(item, side).split()) for item in differences)
        same = sum(item.same_before for item in differences)
        assert differing + same <= len(fingerprint_of(article).words)


def test_diff_of_equal_articles_is_empty() -> None:
    diff = diff_articles(clean_article(), clean_article())

    assert (diff.same_title, diff.same_text, diff.differences) == (True, True, ())
    assert diff.likeness is not None
    assert diff.likeness.similarity == 1


def test_diff_names_words_of_changed_sentence() -> None:
    text = "The bridge opened on Monday. Engineers replaced forty cables. Ferries will run."

    diff = diff_articles(
        clean_article(text=text), clean_article(text=text.replace("forty", "thirty new"))
    )

    assert [(item.left, item.right) for item in diff.differences] == [("forty", "thirty new")]
    assert diff.differences[0].same_before == 7
    assert diff.differences[0].before == "on monday engineers replaced"


def test_diff_of_long_unrelated_texts_is_fast() -> None:
    one, other = (" ".join(f"{side}{n}" for n in range(5000)) for side in "ab")

    assert len(diff_articles(clean_article(text=one), clean_article(text=other)).differences) == 1


OTHER = "18f2a9ae-d07a-554a-963e-20010757bc23"


def receipt(evidence: str) -> Receipt:
    return Receipt(stage="dedupe", decision="merged", rule="near", evidence=evidence)


def own_id(**changes: Any) -> DuplicateArticle:
    """Return a duplicate that has its own id in ``duplicate_of``."""
    return duplicate_article(**changes, duplicate_of=duplicate_article().id)


@pytest.mark.parametrize(
    ("record", "other"),
    [
        (duplicate_article(duplicate_of=OTHER), OTHER),
        (own_id(change=Change.UNCHANGED, method="same_text"), ""),
        (own_id(change=Change.UNCHANGED, method="older_version"), own_id().id),
        (
            own_id(
                change=Change.CORRECTION,
                receipts=(receipt(f"published before {own_id().id}; similarity .93; {OTHER}"),),
            ),
            OTHER,
        ),
        (own_id(change=Change.CORRECTION), ""),
    ],
)
def test_compared_with_is_id_of_compared_article(record: DuplicateArticle, other: str) -> None:
    assert compared_with(record) == other
