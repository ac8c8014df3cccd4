"""A partition fetched in packed batches: each message once, wherever a fetch is cut."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import NotLeaderForPartitionError, TopicAuthorizationFailedError
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import BrokerError
from streams.kafka.raw_batches import PackedBatches, packed_messages

PARTITION = TopicPartition("articles.memory.v1", 0)


def batch(first: int, count: int) -> bytes:
    """Return a batch of messages whose values are their offsets."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=DefaultRecordBatch.CODEC_ZSTD,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 20,
    )
    for offset in range(count):
        builder.append(offset, 0, b"k", b"%d" % (first + offset), [])
    return first.to_bytes(8, "big") + bytes(builder.build())[8:]


def batches(sizes: Sequence[int]) -> list[bytes]:
    return [batch(sum(sizes[:number]), size) for number, size in enumerate(sizes)]


class Broker:
    """Serves a partition in fetches of some batches, after some errors."""

    def __init__(self, sizes: Sequence[int], *, at_once: int = 1, errors: Sequence[int] = ()):
        self.batches = batches(sizes)
        self.at_once = at_once
        self.errors = list(errors)
        self.updates = 0
        self.cluster = SimpleNamespace(leader_for_partition=lambda _place: 1)

    async def send(self, node: int, request: FetchRequest) -> Any:
        """Return the batch with the offset, some more, and half of another."""
        [(topic, [(partition, offset, _)])] = request.topics
        assert (node, topic, partition) == (1, *PARTITION)
        code = self.errors.pop(0) if self.errors else 0
        later = [data for data in self.batches if DefaultRecordBatch(data).next_offset > offset]
        half = [data[: len(data) // 2] for data in later[self.at_once : self.at_once + 1]]
        data = b"" if code else b"".join(later[: self.at_once] + half)
        return SimpleNamespace(topics=[(topic, [(partition, code, 0, 0, [], data)])])

    async def force_metadata_update(self) -> None:
        """Count the call."""
        self.updates += 1


async def read(broker: Broker, *, first: int = 0, end: int = 10, stall: float = 0) -> list[bytes]:
    """Return the values of all messages."""
    fetches = packed_messages(
        broker, PARTITION, first=first, end=end, stall=timedelta(seconds=stall)
    )
    return [message.value or b"" async for packed in fetches for message in packed]


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=6),
    st.integers(1, 3),
    st.integers(0, 36),
    st.integers(0, 36),
)
async def test_packed_messages_yields_each_message_once(
    sizes: list[int], at_once: int, first: int, end: int
) -> None:
    end = min(end, sum(sizes))

    given_ = await read(Broker(sizes, at_once=at_once), first=first, end=end)

    assert given_ == [b"%d" % offset for offset in range(first, end)]


async def test_packed_messages_waits_for_a_leader() -> None:
    broker = Broker([2], errors=[NotLeaderForPartitionError.errno] * 2)

    assert await read(broker, end=2, stall=60) == [b"0", b"1"]
    assert broker.updates == 2


async def test_packed_messages_fails_without_progress() -> None:
    with pytest.raises(BrokerError, match=r"articles\.memory\.v1: no progress"):
        await read(Broker([2]), end=3)


async def test_packed_messages_raises_final_errors() -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await read(Broker([2], errors=[TopicAuthorizationFailedError.errno]), stall=60)


def test_damaged_batch_is_an_error() -> None:
    data = bytearray(batch(0, 3))
    data[-1] ^= 1

    with pytest.raises(BrokerError, match="damaged"):
        list(PackedBatches(PARTITION, bytes(data), 0, 3))


def test_packed_batches_can_be_unpacked_again() -> None:
    packed = PackedBatches(PARTITION, batch(0, 3), 0, 3)

    assert [message.offset for message in packed] == [message.offset for message in packed]
    assert packed.next_offset == 3


def transactional(producer: int, first: int, *values: bytes, marker: bool = False) -> bytes:
    """Return a batch of a transaction, or the marker at its end."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=DefaultRecordBatch.CODEC_NONE,
        is_transactional=1,
        producer_id=producer,
        producer_epoch=0,
        base_sequence=0,
        batch_size=1 << 20,
    )
    for number, value in enumerate(values or (b"",)):
        builder.append(number, 0, b"k", value, [])
    built = bytearray(first.to_bytes(8, "big") + bytes(builder.build())[8:])
    if marker:
        built[22] |= 0x20  # the bit of control batches in the attributes (record format, version 2)
        built[17:21] = calc_crc32c(bytes(built[21:])).to_bytes(4, "big")
    return bytes(built)


def test_batches_leave_out_aborted_transactions() -> None:
    data = b"".join(
        [
            transactional(1, 0, b"aborted", b"aborted"),
            transactional(2, 2, b"committed"),
            transactional(1, 3, marker=True),
            transactional(1, 4, b"second try"),
            transactional(2, 5, marker=True),
            transactional(1, 6, marker=True),
        ]
    )

    packed = PackedBatches(PARTITION, data, 0, 7, aborted=[(1, 0)])

    assert [message.value for message in packed] == [b"committed", b"second try"]
    assert packed.next_offset == 7


def test_aborted_transaction_may_begin_before_the_fetch() -> None:
    data = transactional(1, 4, b"aborted") + transactional(1, 5, marker=True) + batch(6, 1)

    packed = PackedBatches(PARTITION, data, 4, 7, aborted=[(1, 2)])

    assert [message.value for message in packed] == [b"6"]


def test_batches_of_other_producers_are_read() -> None:
    data = batch(0, 1) + transactional(1, 1, b"aborted") + batch(2, 1)

    packed = PackedBatches(PARTITION, data, 0, 3, aborted=[(1, 1)])

    assert [message.value for message in packed] == [b"0", b"2"]
