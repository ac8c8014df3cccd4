"""Compacted topics: the topic is the table, read whole before its first use."""

from collections.abc import AsyncIterator

from aiokafka import ConsumerRecord

from streams.kafka.reading import Progress, read_topics
from streams.settings import Settings


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
