"""A loop around aiokafka, one process per stage: ``python -m bench.engines.jobs.plain STAGE``.

At least once: offsets are committed when the broker has acknowledged the results. There is no time
limit per record, no killable process, and no dead letter for a record that hangs; the memory of
`dedupe` is sent, and not read back.
"""

import asyncio
import sys
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.engines.jobs.stages import processor_named, run_processor, topics_of
from streams.kafka.connection import COMPRESSION, MAX_REQUEST_BYTES, physical_name
from streams.records import ORIGIN_HEADER
from streams.settings import Settings

COMMIT_SECONDS = 1.0
"""The same as the pipeline's."""

RECORDS = 64
"""Records per batch; more makes latency worse and saves little (10 µs a record at 64)."""


async def main(stage: str) -> None:
    """Read, process, send, wait for acknowledgments, and commit."""
    settings = Settings()
    processor = processor_named(stage, settings)
    consumer = AIOKafkaConsumer(
        *topics_of(stage, settings),
        bootstrap_servers=settings.broker,
        group_id=f"{settings.topic_prefix}plain-{stage}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MAX_REQUEST_BYTES,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.broker,
        acks="all",
        enable_idempotence=True,
        max_request_size=MAX_REQUEST_BYTES,
        max_batch_size=256 * 1024,
        compression_type=COMPRESSION,
        linger_ms=5,
    )
    await consumer.start()
    await producer.start()
    committed = time.monotonic()
    while True:
        batches = await consumer.getmany(timeout_ms=500, max_records=RECORDS)
        sends = []
        for messages in batches.values():
            for message in messages:
                sendings, origin = run_processor(
                    processor,
                    settings,
                    topic=message.topic,
                    partition=message.partition,
                    offset=message.offset,
                    key=message.key,
                    value=message.value,
                    headers=message.headers,
                )
                sends += [
                    await producer.send(
                        physical_name(settings, item.topic),
                        item.value,
                        key=item.key,
                        headers=[(ORIGIN_HEADER, origin)],
                    )
                    for item in sendings
                ]
        if sends:
            await asyncio.gather(*sends)
        if time.monotonic() - committed > COMMIT_SECONDS:
            await consumer.commit()
            committed = time.monotonic()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
