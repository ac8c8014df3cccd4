"""Every reader of every topic survives any bytes, key, header and timestamp of another program."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.kafka.decoding import LOGGED, UNREADABLE, read_record, sent_at
from streams.records import Alert
from streams.records.topics import ALERTS
from tests.conftest import ROOT
from tests.support.deliver import alert
from tests.support.readers import OFFSETS_ONLY, READERS, Reader
from tests.support.stored import TIMESTAMPS, dressed, foreign_messages, pills, stored_message
from tests.support.stored import variations as spoiled

FETCHES = re.compile(
    r"\b(read_topics|message_at|read_table|read_table_batches|follow_table|record_in|read_record"
    r"|set_aside|headers_of|header_of|key_text|getmany|getone)\("
)
"""Calls by which a module reads messages."""

LOOKS_INTO = re.compile(
    r"fromtimestamp\(\w*(message|record)\w*\.|message\.timestamp\b(?!\.)|dict\(message\.headers"
    r"|decode\((message|record|item)\.value"
)
"""Expressions that only `streams.kafka.decoding` may have."""

MODULES = {
    path.relative_to(ROOT / "streams").with_suffix("").as_posix(): path.read_text()
    for path in sorted((ROOT / "streams").rglob("*.py"))
}

every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))


def test_readers_are_listed_completely() -> None:
    listed = {module for reader in READERS.values() for module in reader.modules}
    reading = {name for name, text in MODULES.items() if FETCHES.search(text)}

    assert reading - listed - OFFSETS_ONLY.keys() == {"kafka/decoding"}
    assert listed | OFFSETS_ONLY.keys() <= MODULES.keys()


def test_messages_are_decoded_in_one_place() -> None:
    found = {name for name, text in MODULES.items() if LOOKS_INTO.search(text)}

    assert found == {"kafka/decoding", "processors/message"}


@every_reader
def test_reader_survives_pills(reader: Reader) -> None:
    first, last = reader.good_message(), reader.good_message(offset=1)
    alone = reader.read([last])

    assert alone
    assert set(map(str, alone)) <= set(map(str, reader.read([*pills(reader.topic), last])))
    assert reader.read([first, *pills(reader.topic)])


@every_reader
def test_reader_reads_good_record_in_any_dress(reader: Reader) -> None:
    for message in dressed(reader.good_message()):
        assert reader.read([message])


@every_reader
def test_reader_survives_spoiled_records(reader: Reader) -> None:
    good = reader.good_message()

    after = reader.read([good, *spoiled(good), good])

    assert set(map(str, reader.read([good]))) <= set(map(str, after))


@every_reader
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_reader_survives_any_messages(reader: Reader, data: st.DataObject) -> None:
    messages = data.draw(st.lists(foreign_messages(reader.topic), max_size=10))
    good = reader.good_message()

    assert set(map(str, reader.read([good]))) <= set(map(str, reader.read([*messages, good])))


@pytest.mark.parametrize("reader", [reader for reader in READERS.values() if not reader.skips])
def test_stage_rejects_what_it_cannot_read(reader: Reader) -> None:
    decisions = reader.read([stored_message(reader.topic, value=value) for value in (b"{}", None)])

    assert decisions == ["rejected", "rejected"]


@pytest.mark.parametrize("timestamp", TIMESTAMPS)
def test_time_of_sending_is_within_bounds(timestamp: int) -> None:
    sent = sent_at(stored_message(ALERTS.name, timestamp=timestamp))

    assert sent.tzinfo is not None
    assert sent.isoformat()


def test_unreadable_message_is_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    topic = "pills.alerts.v1"
    before = UNREADABLE.by_topic[topic]

    for offset in range(3 * LOGGED):
        read_record(stored_message(topic, value=b"{", offset=offset), Alert)

    assert UNREADABLE.by_topic[topic] - before == 3 * LOGGED
    assert f"record unreadable: {topic}-0-0: Input data was truncated" in caplog.text
    assert len(caplog.messages) <= LOGGED + 3


def test_tombstone_is_not_unreadable() -> None:
    before = UNREADABLE.total

    assert read_record(stored_message(ALERTS.name, value=None), Alert) is None
    assert UNREADABLE.total == before


def test_message_read_again_is_counted_once() -> None:
    before = UNREADABLE.total

    read_record(stored_message(ALERTS.name), Alert, again=True)

    assert UNREADABLE.total == before
    assert alert()
