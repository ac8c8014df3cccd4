"""From bytes to bytes: every way out of a step, with any bytes and headers that Kafka can carry."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.outcome import Drop, DropReason, Emit, Outcome, Reject, RejectReason
from streams.processors.message import (
    ENVELOPE_BYTES,
    TOPIC_OF,
    TRUNCATED_BYTES,
    Message,
    OutgoingMessage,
    Processor,
    Result,
    emit_one,
    outgoing_message,
    processor_for,
)
from streams.records import (
    ATTEMPT_HEADER,
    ORIGIN_HEADER,
    TAKEN_HEADER,
    DeadLetter,
    DroppedArticle,
    Origin,
    Record,
    decode,
    encode,
)
from streams.records.topics import CLEAN, DEAD_LETTER, DROPPED, DUPLICATES, MEMORY, RAW, UNIQUE
from streams.topology import CLEAN_STAGE
from tests.support.builders import clean_article, duplicate_article, raw_article, unique_article

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

HEADERS = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from([ORIGIN_HEADER, ATTEMPT_HEADER]),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        ),
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from([b"articles.raw.v1-3-17", b"a--1", b"x-1-2-", b"0", b"12", b"\xff"]),
        ),
    ),
    max_size=4,
).map(tuple)


def message(value: bytes | None = b"{}", **changes: Any) -> Message:
    """What lies at partition 3, offset 17 of the raw topic."""
    fields = {"topic": RAW.name, "partition": 3, "offset": 17, "key": b"key", "value": value}
    return Message(**(fields | changes))


def sound_message(**changes: Any) -> Message:
    """A sound raw article at that place."""
    return message(encode(raw_article()), **changes)


def step(answer: Callable[[Record, Message], Outcome[Iterable[OutgoingMessage]]]) -> Processor:
    """The step of `clean` with another decision."""
    return processor_for(CLEAN_STAGE, answer)


def never(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
    """A decision that must not be asked."""
    raise AssertionError("asked about what could not be read")


def letter(result: Result) -> DeadLetter:
    """The one dead letter of a result."""
    [sent] = result.messages
    assert sent.topic == DEAD_LETTER.name
    assert sent.value is not None
    return decode(sent.value, DeadLetter)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, RejectReason.MISSING_VALUE),
        (b"", RejectReason.NOT_JSON),
        (b"\xff\x00", RejectReason.NOT_JSON),
        (b'{"id": ', RejectReason.NOT_JSON),
        (b'{"new": ' + b"[" * 100_000, RejectReason.NOT_JSON),
        (b"[]", RejectReason.NOT_THIS_RECORD),
        (b"{}", RejectReason.NOT_THIS_RECORD),
        (encode(clean_article()), RejectReason.NOT_THIS_RECORD),
    ],
    ids=["tombstone", "empty", "binary", "cut", "deep", "list", "no fields", "another record"],
)
def test_step_rejects_what_is_not_its_record(value: bytes | None, reason: RejectReason) -> None:
    result = step(never)(message(value), NOW)

    assert (result.decision, result.reason) == ("rejected", reason)
    assert letter(result).value == value


def test_step_sends_what_is_emitted_under_the_keys_of_the_registry() -> None:
    article = clean_article()

    result = step(lambda *_: emit_one(Emit(article)))(sound_message(), NOW)

    assert result == Result(
        (OutgoingMessage(CLEAN.name, article.id.encode(), encode(article)),), "emitted"
    )


def test_step_sends_a_tombstone_as_it_is() -> None:
    tombstone = OutgoingMessage(MEMORY.name, b"gone", None)

    assert step(lambda *_: Emit([tombstone]))(sound_message(), NOW).messages == (tombstone,)


def test_step_makes_a_dropped_article_of_a_drop() -> None:
    raw = raw_article(title="Headline", url="https://news.test/a")
    outcome = Drop(DropReason.EMPTY_ARTICLE, "only white space")

    result = step(lambda *_: outcome)(message(encode(raw)), NOW)

    [sent] = result.messages
    assert (result.decision, result.reason) == ("dropped", "empty_article")
    assert (sent.topic, sent.key) == (DROPPED.name, raw.id.encode())
    assert decode(sent.value or b"", DroppedArticle) == DroppedArticle(
        id=raw.id,
        url=raw.url,
        source=raw.source,
        title="Headline",
        stage="clean",
        reason="empty_article",
        evidence="only white space",
    )


def test_step_makes_a_complete_dead_letter_of_a_reject() -> None:
    headers = ((ORIGIN_HEADER, b"articles.raw.v1-0-4"), (ATTEMPT_HEADER, b"3"), ("x", b"\xff"))
    came = sound_message(headers=headers)

    result = step(lambda *_: Reject(RejectReason.UNUSABLE_URL, "no host"))(came, NOW)

    assert result.messages[0].key == b"key"
    assert letter(result) == DeadLetter(
        stage="clean",
        reason="unusable_url",
        detail="no host",
        time=NOW,
        topic=RAW.name,
        partition=3,
        offset=17,
        origin="articles.raw.v1-0-4",
        key=b"key",
        value=came.value,
        headers=headers,
        attempt=3,
    )


@pytest.mark.parametrize("error", [ValueError("a fault of ours"), AssertionError(), OSError("x")])
def test_step_rejects_when_the_stage_raises(error: Exception) -> None:
    def fail(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        raise error

    result = step(fail)(sound_message(), NOW)

    assert result.reason == RejectReason.STAGE_FAILED
    assert letter(result).detail == f"{type(error).__name__}: {error}"


def test_step_rejects_when_an_exception_quotes_a_lone_surrogate() -> None:
    def fail(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        raise ValueError("\ud800")

    assert letter(step(fail)(sound_message(), NOW)).detail == "ValueError: \\ud800"


@pytest.mark.parametrize(
    ("spare_bytes", "decision"), [(0, "emitted"), (1, "rejected"), (ENVELOPE_BYTES, "rejected")]
)
def test_step_rejects_what_kafka_would_refuse_as_too_large(spare_bytes: int, decision: str) -> None:
    value = bytes(CLEAN.max_bytes - ENVELOPE_BYTES + spare_bytes)

    result = step(lambda *_: Emit([OutgoingMessage(CLEAN.name, b"k", value)]))(sound_message(), NOW)

    assert (result.decision, result.reason) == (
        decision,
        "too_large" if decision == "rejected" else "",
    )


@pytest.mark.parametrize(
    "came",
    [
        message(bytes(7 * 1024 * 1024)),
        message(b"{}", headers=(("\x00" * 2_000_000, b""),)),
        message(bytes(4 * 1024 * 1024), key=bytes(4 * 1024 * 1024)),
    ],
    ids=["value", "header names", "key"],
)
def test_step_cuts_a_dead_letter_only_when_kafka_would_refuse_it(came: Message) -> None:
    result = step(never)(came, NOW)

    [sent] = result.messages
    assert len(sent.value or b"") + len(sent.key or b"") < DEAD_LETTER.max_bytes
    assert letter(result).value == (came.value or b"")[:TRUNCATED_BYTES]
    assert "cut to 65536 bytes" in letter(result).detail


@given(
    value=st.none() | st.binary(max_size=200),
    key=st.none() | st.binary(max_size=40),
    headers=HEADERS,
)
@example(value=b"{", key=None, headers=((ORIGIN_HEADER, b"\xff"),))
@example(value=b"{", key=None, headers=((ATTEMPT_HEADER, b"0"),))
def test_step_makes_a_sound_dead_letter_of_whatever_comes(
    value: bytes | None, key: bytes | None, headers: tuple[tuple[str, bytes], ...]
) -> None:
    found = letter(step(never)(message(value, key=key, headers=headers), NOW))

    assert (found.value, found.key, found.headers) == (value, key, headers)
    assert str(Origin.parse(found.origin)) == found.origin


@pytest.mark.parametrize(
    ("header", "origin"),
    [
        (b"articles.raw.v1-0-4", "articles.raw.v1-0-4"),
        (b"", "articles.raw.v1-3-17"),
        (b"\xff", "articles.raw.v1-3-17"),
        (b"articles.raw.v1", "articles.raw.v1-3-17"),
        (b"articles.raw.v1-0-four", "articles.raw.v1-3-17"),
        (b"a" * 300 + b"-0-4", "articles.raw.v1-3-17"),
    ],
)
def test_origin_is_the_headers_or_else_the_place_of_the_message(header: bytes, origin: str) -> None:
    assert str(message(headers=((ORIGIN_HEADER, header),)).origin) == origin


def test_origin_without_a_header_is_the_place_of_the_message() -> None:
    assert message().origin == Origin(RAW.name, 3, 17)


@pytest.mark.parametrize(
    ("header", "attempt"),
    [(b"2", 2), (b"0", 1), (b"-1", 1), (b"", 1), (b"two", 1), (b"9" * 99, 999999)],
)
def test_attempt_is_the_headers_or_else_one(header: bytes, attempt: int) -> None:
    assert message(headers=((ATTEMPT_HEADER, header),)).attempt == attempt


def test_attempt_without_a_header_is_one() -> None:
    assert message().attempt == 1


@pytest.mark.parametrize(
    ("header", "taken"),
    [(b"1795400552621", 1795400552621), (b"", None), (b"-1", None), (b"9" * 99, 99999999999999)],
)
def test_taken_is_the_headers_or_nothing(header: bytes, taken: int | None) -> None:
    assert message(headers=((TAKEN_HEADER, header),)).taken == taken
    assert message().taken is None


def test_sending_takes_the_topic_of_the_record_and_the_key_of_the_topic() -> None:
    duplicate = duplicate_article()

    assert [
        outgoing_message(duplicate),
        outgoing_message(duplicate, UNIQUE),
    ] == [
        OutgoingMessage(DUPLICATES.name, duplicate.group_id.encode(), encode(duplicate)),
        OutgoingMessage(UNIQUE.name, duplicate.id.encode(), encode(duplicate)),
    ]


def test_every_record_goes_to_a_topic_that_holds_it() -> None:
    assert [record for record, topic in TOPIC_OF.items() if record not in topic.records] == []


@pytest.mark.parametrize(
    "outcome", [Drop(DropReason.EMPTY_ARTICLE), Reject(RejectReason.CRASHED, "x")]
)
def test_emit_one_leaves_the_other_outcomes_as_they_are(outcome: Drop | Reject) -> None:
    assert emit_one(outcome) is outcome


def test_emit_one_addresses_the_record() -> None:
    unique = unique_article()

    assert emit_one(Emit(unique)) == Emit((outgoing_message(unique),))
