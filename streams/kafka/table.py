"""Compacted topics: the topic is the table, read whole before its first use."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from schemas.topics import MIB
from streams.errors import BrokerError
from streams.kafka.connection import consumer
from streams.kafka.cursor import Cursor
from streams.kafka.reading import Progress, partitions_of, read_topics
from streams.kafka.trouble import kafka_trouble
from streams.settings import Settings

_BATCH: Final = 4000
_FETCH_BYTES: Final = 2 * MIB
"""Messages and compressed bytes at a time. A table of 1,000,000 rows is read as fast as without
these bounds (7 s of CPU time, 2026-11-22), and the process grows to 65 MB instead of 122: else
9 MiB of each partition lie there, and what they unpack to."""


async def read_table(
    settings: Settings, topic: str, *, progress: Progress | None = None
) -> AsyncIterator[ConsumerRecord]:
    """Read a table from its beginning to the end it has now, without a group.

    **Delivery.** Whatever the broker had acknowledged before the call is
    given, so a writer that awaits its sends finds all that it ever wrote. Each
    key's messages come in the order of writing; the last one counts, and
    without a value it means that the key is gone. Former values may come too,
    as far as compaction has left them.

    Transactions are not looked at: nobody here writes in one, and an open one
    of somebody else would hide what was written behind it.

    Args:
        settings: With a broker.
        topic: Logical name.
        progress: Told how far the read is.

    Raises:
        BrokerError: If the broker cannot be reached, the topic is missing, or
            it does not move for a minute.
    """
    async for message in read_topics(settings, topic, progress=progress):
        yield message


async def read_table_batches(
    settings: Settings, topic: str, *, progress: Progress | None = None
) -> AsyncIterator[list[ConsumerRecord]]:
    """Read a table as `read_table` does, up to 4,000 messages at a time, never none.

    For tables of a million rows: while the caller works on one batch in a
    thread, the next is fetched.

    Raises:
        BrokerError: As `read_table`.
    """
    reads = consumer(settings, max_poll_records=_BATCH, fetch_max_bytes=_FETCH_BYTES)
    async with kafka_trouble(f"reading {topic}"), reads as client:
        partitions = await partitions_of(client, settings, (topic,))
        client.assign(partitions)
        cursor = Cursor(client, await client.end_offsets(partitions), progress)
        await cursor.settle()
        while cursor.pending:
            for batch in (await cursor.more(cursor.pending)).values():
                if batch:
                    yield batch


async def follow_table(
    settings: Settings, topic: str, *, caught_up: Callable[[], None]
) -> AsyncGenerator[ConsumerRecord, None]:
    """Read a table from its beginning, and go on with every change; never ends by itself.

    **Delivery.** As `read_table`; what is written later is given once, in the order of writing.

    Args:
        settings: With a broker.
        topic: Logical name.
        caught_up: Called once, when all that it held at the start has been given and handled.

    Raises:
        BrokerError: If the broker cannot be reached, or the topic is missing.
    """
    async with consumer(settings) as client:
        partitions = await partitions_of(client, settings, (topic,))
        client.assign(partitions)
        ends = await client.end_offsets(partitions)
        behind = set(partitions)
        try:
            while True:
                # Not 0 while it is behind: that would never let go of the event loop.
                batches = await client.getmany(timeout_ms=100 if behind else 500)
                for messages in batches.values():
                    for message in messages:
                        yield message
                if behind:
                    behind = {one for one in behind if await client.position(one) < ends[one]}
                    if not behind:
                        caught_up()
        except KafkaError as error:
            raise BrokerError(f"reading {topic}: {error!r}") from error
