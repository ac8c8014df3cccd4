"""Every outcome of a processor, with any bytes and headers that Kafka can carry."""

import errno
import gzip
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.errors import BrokerError
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
    SENDER_HEADER,
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
    """Return a message at partition 3, offset 17 of the raw topic."""
    fields = {"topic": RAW.name, "partition": 3, "offset": 17, "key": b"key", "value": value}
    return Message(**(fields | changes))


def sound_message(**changes: Any) -> Message:
    """Return a valid raw article at that position."""
    return message(encode(raw_article()), **changes)


def processor_with(
    answer: Callable[[Record, Message], Outcome[Iterable[OutgoingMessage]]],
) -> Processor:
    """Return the processor of `clean` with another decision."""
    return processor_for(CLEAN_STAGE, answer)


def never(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
    """Fail: a decision that must not be called."""
    raise AssertionError("asked about what could not be read")


def letter(result: Result) -> DeadLetter:
    """Return the one dead letter of a result."""
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
def test_processor_rejects_invalid_record(value: bytes | None, reason: RejectReason) -> None:
    result = processor_with(never)(message(value), NOW)

    assert (result.decision, result.reason) == ("rejected", reason)
    assert letter(result).value == value


def test_processor_sends_emitted_records_under_registry_keys() -> None:
    article = clean_article()

    result = processor_with(lambda *_: emit_one(Emit(article)))(sound_message(), NOW)

    assert result == Result(
        (OutgoingMessage(CLEAN.name, article.id.encode(), encode(article)),), "emitted"
    )


def test_processor_sends_tombstone_unchanged() -> None:
    tombstone = OutgoingMessage(MEMORY.name, b"gone", None)

    assert processor_with(lambda *_: Emit([tombstone]))(sound_message(), NOW).messages == (
        tombstone,
    )


def test_processor_sends_dropped_article() -> None:
    raw = raw_article(title="Headline", url="https://news.test/a")
    outcome = Drop(DropReason.EMPTY_ARTICLE, "only white space")

    result = processor_with(lambda *_: outcome)(message(encode(raw)), NOW)

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


def test_processor_sends_complete_dead_letter() -> None:
    headers = ((ORIGIN_HEADER, b"articles.raw.v1-0-4"), (ATTEMPT_HEADER, b"3"), ("x", b"\xff"))
    incoming = sound_message(headers=headers)

    result = processor_with(lambda *_: Reject(RejectReason.UNUSABLE_URL, "no host"))(incoming, NOW)

    assert result.messages[0].key == b"key"
    assert letter(result) == DeadLetter(
        stage="clean",
        reason="unusable_url",
        detail="no host",
        time=NOW,
        topic=RAW.name,
        partition=3,
        offset=17,
        origin="articles.raw.v1-3-17",
        key=b"key",
        value=incoming.value,
        headers=headers,
        attempt=3,
    )


@pytest.mark.parametrize("error", [ValueError("a fault of ours"), AssertionError(), OSError("x")])
def test_processor_rejects_when_stage_raises(error: Exception) -> None:
    def fail(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        raise error

    result = processor_with(fail)(sound_message(), NOW)

    assert result.reason == RejectReason.STAGE_FAILED
    assert letter(result).detail == f"{type(error).__name__}: {error}"


def test_processor_rejects_exception_with_lone_surrogate() -> None:
    def fail(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        raise ValueError("\ud800")

    assert letter(processor_with(fail)(sound_message(), NOW)).detail == "ValueError: \\ud800"


@pytest.mark.parametrize(
    ("spare_bytes", "decision"), [(0, "emitted"), (1, "rejected"), (ENVELOPE_BYTES, "rejected")]
)
def test_processor_rejects_records_too_large_for_kafka(spare_bytes: int, decision: str) -> None:
    value = bytes(CLEAN.max_bytes - ENVELOPE_BYTES + spare_bytes)

    result = processor_with(lambda *_: Emit([OutgoingMessage(CLEAN.name, b"k", value)]))(
        sound_message(), NOW
    )

    assert (result.decision, result.reason) == (
        decision,
        "too_large" if decision == "rejected" else "",
    )


@pytest.mark.parametrize(
    "incoming",
    [
        message(bytes(7 * 1024 * 1024)),
        message(b"{}", headers=(("\x00" * 2_000_000, b""),)),
        message(bytes(4 * 1024 * 1024), key=bytes(4 * 1024 * 1024)),
    ],
    ids=["value", "header names", "key"],
)
def test_dead_letter_is_cut_only_if_too_large_for_kafka(incoming: Message) -> None:
    result = processor_with(never)(incoming, NOW)

    [sent] = result.messages
    assert len(sent.value or b"") + len(sent.key or b"") < DEAD_LETTER.max_bytes
    assert letter(result).value == (incoming.value or b"")[:TRUNCATED_BYTES]
    assert "cut to 65536 bytes" in letter(result).detail


@given(
    value=st.none() | st.binary(max_size=200),
    key=st.none() | st.binary(max_size=40),
    headers=HEADERS,
)
@example(value=b"{", key=None, headers=((ORIGIN_HEADER, b"\xff"),))
@example(value=b"{", key=None, headers=((ATTEMPT_HEADER, b"0"),))
def test_dead_letter_of_any_incomingis_valid(
    value: bytes | None, key: bytes | None, headers: tuple[tuple[str, bytes], ...]
) -> None:
    found = letter(processor_with(never)(message(value, key=key, headers=headers), NOW))

    assert (found.value, found.key, found.headers) == (value, key, headers)
    assert str(Origin.parse(found.origin)) == found.origin


def test_origin_without_header_is_position() -> None:
    assert message().origin == Origin(RAW.name, 3, 17)


@pytest.mark.parametrize(
    ("header", "attempt"),
    [(b"2", 2), (b"0", 1), (b"-1", 1), (b"", 1), (b"two", 1), (b"9" * 99, 999999)],
)
def test_attempt_is_header_if_valid_else_one(header: bytes, attempt: int) -> None:
    assert message(headers=((ATTEMPT_HEADER, header),)).attempt == attempt


def test_attempt_without_header_is_one() -> None:
    assert message().attempt == 1


@pytest.mark.parametrize(
    ("header", "taken"),
    [(b"1795400552621", 1795400552621), (b"", None), (b"-1", None), (b"9" * 99, 99999999999999)],
)
def test_taken_is_header_if_valid_else_none(header: bytes, taken: int | None) -> None:
    assert message(topic=CLEAN.name, headers=((TAKEN_HEADER, header),)).taken == taken
    assert message().taken is None


def test_outgoing_incominghas_topic_and_key_of_record() -> None:
    duplicate = duplicate_article()

    assert [
        outgoing_message(duplicate),
        outgoing_message(duplicate, UNIQUE),
    ] == [
        OutgoingMessage(DUPLICATES.name, duplicate.group_id.encode(), encode(duplicate)),
        OutgoingMessage(UNIQUE.name, duplicate.id.encode(), encode(duplicate)),
    ]


def test_every_record_type_has_topic_of_its_type() -> None:
    assert [record for record, topic in TOPIC_OF.items() if record not in topic.records] == []


@pytest.mark.parametrize(
    "outcome", [Drop(DropReason.EMPTY_ARTICLE), Reject(RejectReason.CRASHED, "x")]
)
def test_emit_one_returns_other_outcomes_unchanged(outcome: Drop | Reject) -> None:
    assert emit_one(outcome) is outcome


def test_emit_one_addresses_record() -> None:
    unique = unique_article()

    assert emit_one(Emit(unique)) == Emit((outgoing_message(unique),))


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EMFILE, "Too many open files"),
        PermissionError(errno.EACCES, "Permission denied"),
        MemoryError(),
        BrokerError("Kafka does not answer"),
    ],
    ids=repr,
)
def test_infrastructure_error_is_no_dead_letter(error: Exception) -> None:
    def fail(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        raise error

    with pytest.raises(type(error)):
        processor_with(fail)(sound_message(), NOW)


@pytest.mark.parametrize("error", [gzip.BadGzipFile("x"), OSError("unreadable"), ValueError("x")])
def test_error_of_the_data_is_a_dead_letter(error: Exception) -> None:
    def fail(_record: Record, _message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        raise error

    assert processor_with(fail)(sound_message(), NOW).reason == RejectReason.STAGE_FAILED


def test_sender_is_forwarded() -> None:
    headers = ((SENDER_HEADER, b"token:desk"), (SENDER_HEADER, b"token:forged"), ("x", b"y"))

    forwarded = sound_message(headers=headers).forwarded_headers

    assert forwarded == [(ORIGIN_HEADER, b"articles.raw.v1-3-17"), (SENDER_HEADER, b"token:desk")]
