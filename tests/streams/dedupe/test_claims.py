"""Words that another source claims to be a publisher's: they never displace the publisher's own."""

from datetime import timedelta
from typing import Any

import pytest

from streams.dedupe.article import dedupe_article
from streams.dedupe.memory.memory import ArticleMemory
from streams.records import (
    Change,
    CleanArticle,
    DuplicateArticle,
    Origin,
    PublicationTime,
    TimePrecision,
    UniqueArticle,
)
from tests.support.builders import FETCHED, clean_article

TRUE = " ".join(f"The bank reported figure {n} today." for n in range(40))
FORGED = " ".join(f"The bank is closing branch {n} now." for n in range(40))


def article(text: str = TRUE, *, by: str = "", url: str = "paper", **fields: Any) -> CleanArticle:
    """An article under a URL of a publisher, perhaps as another source claims it."""
    return clean_article(
        **{"url": f"https://{url}.test/bank", "text": text, "claimed_by": by} | fields
    )


def decide(*articles: CleanArticle) -> list[UniqueArticle | DuplicateArticle]:
    """Return the labeled articles."""
    memory = ArticleMemory(horizon=timedelta(days=14), max_articles=100, recent=10, kept=10)
    return [
        dedupe_article(each, memory, origin=Origin("articles.raw.v1", 0, n)).outcome.record
        for n, each in enumerate(articles)
    ]


def earlier(**fields: Any) -> CleanArticle:
    """A claim with an earlier time of publication."""
    time = PublicationTime(time=FETCHED - timedelta(days=1), precision=TimePrecision.SECOND)
    return article(published=time, **fields)


@pytest.mark.parametrize("text", [TRUE, FORGED])
@pytest.mark.parametrize("hours", [-5, 0, 5])
def test_publisher_revises_claim(text: str, hours: int) -> None:
    claim = article(text, by="evil", fetched=FETCHED + timedelta(hours=hours))

    first, second = decide(claim, article())

    assert isinstance(first, UniqueArticle)
    assert isinstance(second, UniqueArticle)
    assert (first.claimed_by, second.claimed_by) == ("evil", "")
    assert (second.revision.number, second.revision.material) == (2, True)
    assert second.receipts[-1].rule == "publisher"


@pytest.mark.parametrize("hours", [-5, 0, 5, 24 * 365 * 50])
def test_claim_does_not_revise_publisher(hours: int) -> None:
    claim = article(FORGED, by="evil", fetched=FETCHED + timedelta(hours=hours))

    _, second, third = decide(article(), claim, article(TRUE + " One more line follows here."))

    assert isinstance(second, DuplicateArticle)
    assert (second.change, second.claimed_by) == (Change.COPY, "evil")
    assert second.receipts[-1].rule == "claim"
    assert isinstance(third, UniqueArticle)
    assert (third.revision.number, [kind.value for kind in third.revision.kinds]) == (
        2,
        ["appended"],
    )


def test_claimant_revises_only_its_own_claim() -> None:
    outcomes = decide(
        article(by="one"), article(TRUE + " More.", by="one"), article(FORGED, by="two")
    )

    assert [type(each) for each in outcomes] == [UniqueArticle, UniqueArticle, DuplicateArticle]


def test_publisher_is_no_copy_of_claim() -> None:
    claim = earlier(by="evil", url="paper.test/2")

    _, second = decide(claim, article())

    assert isinstance(second, UniqueArticle)
    assert second.revision.number == 1


def test_claim_is_copy_of_publisher_and_never_the_original() -> None:
    first, second, third = decide(article(), earlier(by="evil", url="other"), article(url="third"))

    assert isinstance(first, UniqueArticle)
    assert isinstance(second, DuplicateArticle)
    assert isinstance(third, DuplicateArticle)
    assert (second.change, second.duplicate_of) == (Change.COPY, first.id)
    assert third.group is not None
    assert third.group.original == first.id


def test_claims_among_themselves_are_grouped_as_before() -> None:
    _, second = decide(article(by="one"), earlier(by="one", url="other"))

    assert isinstance(second, DuplicateArticle)
    assert second.change is Change.CORRECTION


def test_publisher_leads_group_of_former_claim() -> None:
    _, _, third, fourth = decide(
        article(by="evil"), earlier(by="evil", url="other"), article(), article(url="third")
    )

    assert isinstance(fourth, DuplicateArticle)
    assert fourth.group is not None
    assert (fourth.duplicate_of, fourth.group.original) == (third.id, third.id)


def test_claims_on_many_sites_are_one_outlet() -> None:
    *_, last = decide(article(), *(article(by="evil", url=f"site{n}") for n in range(5)))

    assert isinstance(last, DuplicateArticle)
    assert last.group is not None
    assert last.group.outlets == 2
