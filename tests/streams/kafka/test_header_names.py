"""Messages whose header names are not UTF-8 are read, with the invalid bytes replaced."""

import importlib
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.record.util import calc_crc32c

from streams.kafka.header_names import LenientRecords
from streams.kafka.raw_batches import PackedBatches
from streams.records.topics import MIB

PLACE = TopicPartition("articles.raw.v1", 0)

NAMES = {
    "invalid": b"\xff\xfe\xfd",
    "cut off": b"ab\xc3",
    "a surrogate": b"\xed\xa0\x80",
    "Latin-1": b"\xfcbe",
    "valid": "ü!".encode(),
}


def batch(name: bytes, *, compression: int = 0, first: int = 0, n_messages: int = 5) -> bytes:
    """Return a batch whose third message has a header with a name."""
    placeholder = "~" * len(name)
    builder = _DefaultRecordBatchBuilderPy(
        2,
        0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=MIB,
    )
    for number in range(n_messages):
        headers = [(placeholder if number == 2 else "news-origin", b"articles.raw.v1-0-1")]
        builder.append(number, 1_700_000_000_000, b"k%d" % number, b"v%d" % number, headers)
    # Names are replaced before the batch is packed: its messages are in the buffer.
    packed = builder._buffer
    position = packed.find(placeholder.encode())
    packed[position : position + len(name)] = name
    builder._compression_type = compression
    data = bytearray(builder.build())
    data[:8] = first.to_bytes(8, "big")
    data[17:21] = calc_crc32c(bytes(data[21:])).to_bytes(4, "big")
    return bytes(data)


def fetched(data: bytes) -> list[Any]:
    """Return the messages that a consumer of aiokafka makes of fetched batches."""
    records = fetcher.MemoryRecords(data)
    return list(
        fetcher.PartitionRecords(
            PLACE, records, [], 0, None, None, check_crcs=True, isolation_level=1
        )
    )


@pytest.mark.parametrize("compression", [0, 1, 4], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_consumer_reads_any_header_name(name: bytes, compression: int) -> None:
    data = batch(name, compression=compression) + batch(b"fine", first=5)

    messages = fetched(data)

    assert [message.offset for message in messages] == list(range(10))
    assert [message.value for message in messages] == [b"v%d" % (n % 5) for n in range(10)]
    assert messages[2].headers == ((name.decode("utf-8", "replace"), b"articles.raw.v1-0-1"),)
    assert messages[3].headers == (("news-origin", b"articles.raw.v1-0-1"),)


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_reader_of_tables_reads_any_header_name(name: bytes) -> None:
    data = batch(name) + batch(b"fine", first=5)

    messages = list(PackedBatches(PLACE, data, 1, 9))

    assert [message.offset for message in messages] == list(range(1, 9))


def test_damaged_batch_is_refused() -> None:
    data = bytearray(batch(b"\xff\xfe"))
    data[61] ^= 0x02  # the length of the first message
    data[17:21] = calc_crc32c(bytes(data[21:])).to_bytes(4, "big")

    with pytest.raises(CorruptRecordException):
        fetched(bytes(data))


def test_every_consumer_reads_leniently() -> None:
    importlib.import_module("streams.kafka.connection")

    assert fetcher.MemoryRecords is LenientRecords
