"""Two articles under one id, and versions of one article."""

from datetime import timedelta

import pytest

from streams.dedupe.article import dedupe_article
from streams.dedupe.memory.memory import ArticleMemory
from streams.records import CleanArticle, Origin, RevisionKind, UniqueArticle
from tests.support.builders import FETCHED, TEXT, clean_article

FERRY = (
    "Nordlinje runs the ferry to Hesta from January, the county decided. "
    "The contract is worth eleven million crowns. "
    "Captain Berg bids farewell to forty sailors. "
    "The old ship goes to Oslo."
)
NEW_LINES = (
    "Hesta's mayor Anna Vik asks everybody to stay inside. "
    "A tree blocks the road to Nordby, Anna Vik says. "
    "Nordlinje stops all ferries until Tuesday."
)
OLD_LINES = (
    "Mayor Anna Vik warns of the storm. "
    "Waves at Nordby reach four meters in the night. "
    "Ferries of Nordlinje run late, the company says."
)


def _second(first: CleanArticle, second: CleanArticle) -> UniqueArticle:
    memory = ArticleMemory(horizon=timedelta(days=14), max_articles=1000)
    dedupe_article(first, memory, origin=Origin("raw", 0, 0))
    record = dedupe_article(second, memory, origin=Origin("raw", 0, 1)).outcome.record
    assert isinstance(record, UniqueArticle)
    return record


def _later(**changes: object) -> CleanArticle:
    return clean_article(fetched=FETCHED + timedelta(hours=1), **changes)


def test_other_article_under_known_id_is_no_revision() -> None:
    record = _second(clean_article(), _later(title="Nordlinje wins ferry contract", text=FERRY))

    assert record.revision.kinds == (RevisionKind.FIRST,)
    assert record.receipts[-1].rule == "other_article"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"text": FERRY}),
        ({}, {"title": "Nordlinje wins ferry contract"}),
        ({}, {"title": "Nordlinje wins contract", "text": f"{TEXT}\n\n{FERRY}"}),
        (
            {"title": "Storm: waves at Nordby", "text": OLD_LINES},
            {"title": "Hesta stays home", "text": NEW_LINES},
        ),
    ],
    ids=["same title", "same text", "text appended", "ticker about the same people"],
)
def test_version_of_known_article_is_revision(
    before: dict[str, str], after: dict[str, str]
) -> None:
    record = _second(clean_article(**before), _later(**after))

    assert record.revision.number == 2
    assert record.receipts[-1].rule == "same_article"
