from datetime import timedelta

import pytest

from streams.inspect.duplicate_chain import version_at
from streams.inspect.trace_record import TraceRecord
from streams.records import Change, DuplicateArticle
from streams.records.topics import DUPLICATES, UNIQUE
from tests.support.builders import FETCHED, duplicate_article, unique_article


def own_id(**changes: object) -> DuplicateArticle:
    """Return a duplicate that names itself."""
    copy = duplicate_article(**changes)
    return duplicate_article(**changes, duplicate_of=copy.id)


def entry(n: int, record: object) -> TraceRecord:
    topic = DUPLICATES if isinstance(record, DuplicateArticle) else UNIQUE
    return TraceRecord(
        topic=topic.name,
        partition=0,
        offset=n,
        sent=FETCHED + timedelta(seconds=n),
        origin=f"articles.raw.v1-0-{n}",
        record=record,  # type: ignore[arg-type]  # what the tests give are records
    )


UNCHANGED = own_id(change=Change.UNCHANGED, method="same_text")
OUTDATED = own_id(change=Change.UNCHANGED, method="older_version")


@pytest.mark.parametrize(
    ("records", "chosen"),
    [
        ([unique_article(), unique_article(), unique_article()], 1),
        ([unique_article(), UNCHANGED, OUTDATED], 0),
        ([UNCHANGED, OUTDATED, OUTDATED], 0),
        ([OUTDATED, OUTDATED, unique_article()], 2),
        ([OUTDATED], None),
    ],
)
def test_version_at_returns_latest_version_sent_until_then(
    records: list[object], chosen: int | None
) -> None:
    entries = [entry(n, record) for n, record in enumerate(records)]

    version = version_at(reversed(entries), FETCHED + timedelta(seconds=1))

    assert (version.offset if version else None) == chosen
