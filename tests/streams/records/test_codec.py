"""Bytes to records and back: valid records round-trip, errors are named."""

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.records import (
    CleanArticle,
    DeadLetter,
    DecodeError,
    EnrichedArticle,
    Entity,
    RawArticle,
    Record,
    decode,
    encode,
)
from streams.records.codec import DecodeProblem
from streams.records.topics import TOPICS
from tests.support.builders import clean_article, enriched_article, entity, raw_article
from tests.support.strategies import records

EVERY_RECORD = sorted(
    {one for topic in TOPICS for one in topic.records}, key=lambda one: one.__name__
)


def problem_of(data: bytes, record: type[Record]) -> DecodeProblem:
    """Return why bytes are not a record."""
    with pytest.raises(DecodeError) as caught:
        decode(data, record)
    return caught.value.problem


def changed(record: Record, **changes: object) -> bytes:
    """Return the bytes of a record with changed fields, without validation."""
    return orjson.dumps(orjson.loads(encode(record)) | changes)


@pytest.mark.parametrize("record", EVERY_RECORD, ids=lambda one: one.__name__)
@settings(max_examples=25)  # of each of a dozen records
@given(data=st.data())
def test_decode_returns_the_encoded_record(record: type[Record], data: st.DataObject) -> None:
    value = data.draw(records(record))

    assert decode(encode(value), record) == value


@pytest.mark.parametrize("record", EVERY_RECORD, ids=lambda one: one.__name__)
@given(data=st.binary() | st.text().map(str.encode))
def test_decode_of_any_bytes_raises_decode_error_only(record: type[Record], data: bytes) -> None:
    assert problem_of(data, record) in DecodeProblem


ARTICLE = encode(enriched_article(entities=(entity(),)))


@given(st.integers(0, len(ARTICLE) - 1))
def test_decode_of_a_truncated_record_is_not_json(length: int) -> None:
    assert problem_of(ARTICLE[:length], EnrichedArticle) is DecodeProblem.NOT_JSON


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  ",
        b"\xff\xfe",
        b"{'id': 1}",
        b"<html>",
        encode(raw_article()) + b"{}",
        b'{"id": "\xc3\x28"}',
        b'{"id": "\\ud800"}',
        b'{"id": NaN}',
        b'{"id": 01}',
        b"\xef\xbb\xbf{}",
        b'{"unknown": ' + b"[" * 100_000,
        b'{"unknown": ' + b'{"a":' * 100_000,
        b'{"unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(14),
)
def test_decode_error_of_invalid_json(data: bytes) -> None:
    assert problem_of(data, RawArticle) is DecodeProblem.NOT_JSON


@pytest.mark.parametrize("data", [b"null", b"[]", b"7", b'"text"', b"{}"])
def test_decode_error_of_other_json(data: bytes) -> None:
    assert problem_of(data, RawArticle) is DecodeProblem.NOT_THIS_RECORD


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"id": "not-a-uuid"}, "$.id"),
        ({"id": "014C234B-613A-59E0-BC40-DDD166BE2CC2"}, "$.id"),
        ({"source": ""}, "$.source"),
        ({"source": None}, "$.source"),
        ({"fetched": "2026-03-02T09:30:00"}, "$.fetched"),
        ({"fetched": "yesterday"}, "$.fetched"),
        ({"fetched": 1.5e300}, "$.fetched"),
        ({"url": "x" * 8193}, "$.url"),
        ({"body": "no base64!"}, "$.body"),
        ({"encoding": "brotli"}, "$.encoding"),
        ({"authors": "One Name"}, "$.authors"),
        ({"http": {"status": 7}}, "$.http.status"),
    ],
)
def test_decode_checks_types_ranges_and_patterns(changes: dict[str, object], place: str) -> None:
    with pytest.raises(DecodeError, match="not_this_record") as caught:
        decode(changed(raw_article(), **changes), RawArticle)

    assert caught.value.detail.endswith(f"`{place}`")


@pytest.mark.parametrize(
    "salience", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1.01", b"-0.1"]
)
def test_decode_refuses_shares_out_of_range(salience: bytes) -> None:
    data = encode(entity()).replace(b'"salience":0.5', b'"salience":' + salience)

    assert problem_of(data, Entity) in DecodeProblem


def test_encode_writes_no_nan() -> None:
    unsound = msgspec.structs.replace(entity(), salience=float("nan"))

    assert problem_of(encode(unsound), Entity) is DecodeProblem.NOT_THIS_RECORD


def test_encode_refuses_a_lone_surrogate() -> None:
    unsound = msgspec.structs.replace(clean_article(), title="\ud800")

    with pytest.raises(ValueError, match="surrogates not allowed"):
        encode(unsound)


@given(
    st.dictionaries(
        st.text(min_size=1).map("x_{}".format),
        st.none() | st.text() | st.integers(-(2**63), 2**63 - 1),
    )
)
def test_decode_ignores_unknown_fields(unknown: dict[str, object]) -> None:
    article = clean_article()

    assert decode(changed(article, **unknown), CleanArticle) == article


def test_decode_ignores_any_number_in_unknown_fields() -> None:
    data = encode(entity())[:-1] + b',"new":' + b"9" * 400 + b"}"

    assert decode(data, Entity) == entity()


def test_decode_uses_the_last_of_two_values() -> None:
    data = encode(entity())[:-1] + b',"name":"Other"}'

    assert decode(data, Entity).name == "Other"


def test_records_are_frozen() -> None:
    with pytest.raises(AttributeError):
        clean_article().title = "Other"


def test_dead_letter_carries_any_bytes() -> None:
    letter = DeadLetter(
        stage="clean",
        reason="not_json",
        detail="",
        time=clean_article().fetched,
        value=bytes(range(256)),
        headers=(("h", b"\xff"),),
    )

    assert decode(encode(letter), DeadLetter) == letter
