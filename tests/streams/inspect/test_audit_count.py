"""Where raw records are, by content: what proves that an article ended, and what does not."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from streams.deliver.deliverer import GROUP
from streams.inspect.audit import DELIVER_GROUP, Audit, AuditExit, audit_of
from streams.inspect.audit_count import AuditCount, OffsetSpan
from streams.records import (
    ORIGIN_HEADER,
    REDRIVEN_TO_HEADER,
    DeadLetter,
    DroppedArticle,
    Record,
    encode,
    routed_topic,
)
from streams.records.topics import (
    ALERTS,
    CLEAN,
    DEAD_LETTER,
    DROPPED,
    DUPLICATES,
    ENRICHED,
    RAW,
    UNIQUE,
)
from streams.topology import STAGES
from tests.support.builders import (
    FETCHED,
    clean_article,
    duplicate_article,
    enriched_article,
    raw_article,
    unique_article,
)
from tests.support.deliver import alert
from tests.support.stored import SENT, pills, stored_message

FIRST = "articles.raw.v1-0-0"
ROUTE = routed_topic("europe").name
OTHER = FETCHED + timedelta(hours=1)
LETTER = DeadLetter(
    stage="clean", reason="not_json", detail="", time=FETCHED, topic=RAW.name, value=b"broken"
)
COPY = duplicate_article(source=raw_article().source, fetched=FETCHED)
DROPPED_ARTICLE = DroppedArticle(
    id=raw_article().id, source=raw_article().source, stage="clean", reason="not_found"
)


def spans(first: int = 0, **read: int) -> list[OffsetSpan]:
    """Return how far the stages have got: all of each topic, unless stated otherwise."""
    readers = [(stage.name, topic.name) for stage in STAGES for topic, _ in stage.reads]
    return [
        OffsetSpan(
            reader=reader,
            topic=topic,
            partition=0,
            first=first if topic == RAW.name else 0,
            end=100,
            read=read.get(reader, 100),
        )
        for reader, topic in [*readers, ("deliver", ALERTS.name)]
    ]


def behind(
    topic: str, record: Record | bytes | None, origin: bytes | None = FIRST.encode(), **fields: Any
) -> tuple[str, Any]:
    """Return a message behind the raw topic."""
    value = encode(record) if isinstance(record, Record) else record
    headers = fields.pop("headers", [(ORIGIN_HEADER, origin)])
    return topic, stored_message(topic, value=value, headers=headers, **fields)


def raw(record: Record | bytes | None = None, offset: int = 0, **fields: Any) -> tuple[str, Any]:
    """Return a message of the raw topic."""
    value = record if isinstance(record, bytes) else encode(record or raw_article())
    return RAW.name, stored_message(RAW.name, value=value, offset=offset, **fields)


def audited(
    *messages: tuple[str, Any],
    read: Iterable[OffsetSpan] = (),
    starts: dict[tuple[str, int], int] | None = None,
) -> Audit:
    """Return the audit of some messages."""
    count = AuditCount(list(read) or spans(), starts)
    for topic, message in messages:
        count.add(topic, message)
    return audit_of(count)


END = behind(ENRICHED.name, enriched_article())
ROUTED = behind(ROUTE, enriched_article())


@pytest.mark.parametrize(
    ("messages", "verdict"),
    [
        ((raw(), END, ROUTED), AuditExit.ACCOUNTED_FOR),
        ((raw(), behind(DUPLICATES.name, COPY)), AuditExit.ACCOUNTED_FOR),
        ((raw(), behind(DROPPED.name, DROPPED_ARTICLE)), AuditExit.ACCOUNTED_FOR),
        ((raw(b"broken"), behind(DEAD_LETTER.name, LETTER)), AuditExit.ACCOUNTED_FOR),
        ((raw(),), AuditExit.MISSING),
        ((raw(), END), AuditExit.MISSING),
        ((raw(), END, ROUTED, behind(DROPPED.name, DROPPED_ARTICLE)), AuditExit.MISSING),
        ((raw(), END, ROUTED, behind(ROUTE, b"{}")), AuditExit.UNREADABLE),
    ],
    ids=["routed", "copy", "dropped", "letter", "nowhere", "unrouted", "twice", "foreign"],
)
def test_audit_names_what_it_found(
    messages: tuple[tuple[str, Any], ...], verdict: AuditExit
) -> None:
    assert audited(*messages).exit is verdict


@pytest.mark.parametrize(
    ("end", "named"),
    [
        (behind(DROPPED.name, b"{}"), "unreadable"),
        (behind(ENRICHED.name, b"\xff"), "unreadable"),
        (behind(ENRICHED.name, None), "unreadable"),
        (behind(ENRICHED.name, enriched_article(), b"\xff\xfe"), "unreadable"),
        (behind(ENRICHED.name, enriched_article(), b"articles.raw.v1-0"), "unreadable"),
        (behind(ENRICHED.name, enriched_article(), None), ""),
        (behind(ENRICHED.name, enriched_article(fetched=OTHER)), "other_article"),
        (behind(ENRICHED.name, enriched_article(source="another")), "other_article"),
        (
            behind(DROPPED.name, msgspec.structs.replace(DROPPED_ARTICLE, source="another")),
            "other_article",
        ),
        (behind(DEAD_LETTER.name, LETTER), "other_article"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_foreign_record_is_no_end(end: tuple[str, Any], named: str) -> None:
    result = audited(raw(), end)

    assert (result.lost, result.exit) == ([FIRST], AuditExit.MISSING)
    assert not named or getattr(result, named)


@pytest.mark.parametrize(
    ("messages", "read", "waits"),
    [
        ((raw(),), {"clean": 0}, {"clean": 1}),
        ((raw(), behind(CLEAN.name, clean_article())), {"dedupe": 0}, {"dedupe": 1}),
        ((raw(), behind(UNIQUE.name, unique_article())), {"tag": 0}, {"tag": 1}),
        ((raw(), END), {"route": 0}, {"route": 1}),
        ((raw(), END, ROUTED, behind(ALERTS.name, alert())), {"deliver": 0}, {"deliver": 1}),
    ],
    ids=["clean", "dedupe", "tag", "route", "deliver"],
)
def test_article_waits_for_stage_that_has_not_read_it(
    messages: tuple[tuple[str, Any], ...], read: dict[str, int], waits: dict[str, int]
) -> None:
    result = audited(*messages, read=spans(**read))

    assert (result.unread, result.lost, result.exit) == (waits, [], AuditExit.UNREAD)


@pytest.mark.parametrize("topic", [CLEAN.name, UNIQUE.name])
def test_article_lost_between_stages_is_missing(topic: str) -> None:
    record = clean_article() if topic == CLEAN.name else unique_article()

    assert audited(raw(), behind(topic, record)).lost == [FIRST]


def test_new_raw_topic_with_old_ends_is_not_accounted_for() -> None:
    new = [raw(raw_article(source=f"new-{offset}"), offset) for offset in range(3)]
    old = [behind(ENRICHED.name, enriched_article(), each) for each in (b"articles.raw.v1-0-0",)]

    result = audited(*new, *old, read=spans(clean=0))

    assert (result.origins, len(result.missing), result.other_article) == (3, 2, [FIRST])
    assert result.exit is AuditExit.MISSING


def test_raw_record_with_origin_of_another_is_an_article_itself() -> None:
    forged = raw(offset=1, headers=[(ORIGIN_HEADER, FIRST.encode())])

    result = audited(raw(), forged, END, ROUTED)

    assert (result.origins, result.lost) == (2, ["articles.raw.v1-0-1"])


@pytest.mark.parametrize("read", [0, 40])
def test_records_deleted_unread_are_expired(read: int) -> None:
    result = audited(read=spans(first=100, clean=read), starts={(DROPPED.name, 0): 1})

    assert (result.n_expired, result.exit) == (100 - read, AuditExit.EXPIRED)


def test_records_passed_over_by_a_stage_are_expired() -> None:
    ended = [
        behind(DROPPED.name, DROPPED_ARTICLE, b"articles.raw.v1-0-%d" % offset)
        for offset in (0, 1, 5)
    ]

    result = audited(*ended, read=spans(first=6))

    assert [(span.read, span.first) for span in result.expired] == [(2, 5)]


def test_records_that_ended_and_left_the_raw_topic_are_not_expired() -> None:
    ended = [
        behind(DROPPED.name, DROPPED_ARTICLE, b"articles.raw.v1-0-%d" % offset)
        for offset in range(6)
    ]

    result = audited(*ended, read=spans(first=6))

    assert (result.expired, result.strange, result.exit) == ([], 6, AuditExit.ACCOUNTED_FOR)


def test_gaps_are_unknown_once_ends_have_expired() -> None:
    assert audited(read=spans(first=6), starts={(DROPPED.name, 0): 3}).expired == []


def test_redriven_record_and_its_marker_are_not_expired() -> None:
    mark = behind(DEAD_LETTER.name, None, headers=[(REDRIVEN_TO_HEADER, b"articles.raw.v1-0-0")])

    assert audited(mark, read=spans(first=2)).expired == []


def test_article_older_than_its_route_is_not_missing() -> None:
    later = behind(ROUTE, enriched_article(), b"articles.raw.v1-0-1", timestamp=SENT + 1)
    starts = {(ROUTE, 0): 7}

    result = audited(raw(), raw(offset=1), END, later, starts=starts)

    assert result.unrouted == []


def test_article_rejected_by_route_is_not_missing() -> None:
    letter = DeadLetter(
        stage="route", reason="too_large", detail="", time=FETCHED, topic=ENRICHED.name
    )

    result = audited(raw(), END, behind(DEAD_LETTER.name, letter))

    assert (result.unrouted, result.twice) == ([], [])


@pytest.mark.parametrize(
    "topic", [RAW.name, CLEAN.name, UNIQUE.name, ALERTS.name, ROUTE, ENRICHED.name, DROPPED.name]
)
def test_audit_survives_pills(topic: str) -> None:
    result = audited(*((topic, message) for message in pills(topic)), raw(), END, ROUTED)

    assert FIRST not in result.missing


def test_audit_knows_the_group_of_deliver() -> None:
    assert DELIVER_GROUP == GROUP
