"""Bytewax: one dataflow of all stages, in a cluster of two processes.

Its idiom: the stages pass records to each other in the dataflow and only write their results to
Kafka; nothing is read back from the topics between them, which saves three reads. `dedupe` is
keyed by one key, so that one worker has the memory; its results are distributed again for `tag`.
Offsets are in its recovery store (SQLite) at each epoch, one per second: at least once. Memory
records are sent to the memory topic, as in the pipeline: a snapshot of the whole memory each
second would cost far more. There is no time limit per record.
"""

import os
from datetime import timedelta
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSinkMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow

from bench.engines.jobs.stages import processor_named, run_processor, topics_of
from streams.kafka.connection import MAX_REQUEST_BYTES, physical_name
from streams.records import ORIGIN_HEADER
from streams.records.topics import CLEAN, DUPLICATES, ENRICHED, UNIQUE
from streams.settings import Settings

BATCH = int(os.environ.get("BENCH_BYTEWAX_BATCH", "64"))
"""Batch size; its default of 1,000 delayed the first pages for seconds."""

EPOCH = timedelta(seconds=1)
"""Interval of its snapshots: a crash repeats as much as in the pipeline."""

SETTINGS = Settings()
PRODUCER = {
    "message.max.bytes": str(MAX_REQUEST_BYTES),
    "compression.type": "lz4",
    "linger.ms": "0",  # it flushes after each batch, so a linger only adds delay
    "enable.idempotence": "true",
    "queue.buffering.max.kbytes": str(1 << 20),
}


class Lazily:
    """A processor that is built where it runs, at its first record.

    Args:
        stage: Name of the stage.
    """

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._processor: Any = None

    def __call__(self, message: Any) -> list[KafkaSinkMessage[Any, Any]]:
        """Run the processor on a message of Kafka, or of the stage before."""
        self._processor = self._processor or processor_named(self._stage, SETTINGS)
        sendings, origin = run_processor(
            self._processor,
            SETTINGS,
            topic=message.topic,
            partition=message.partition or 0,
            offset=getattr(message, "offset", 0) or 0,
            key=message.key,
            value=message.value,
            headers=message.headers,
        )
        headers = [(ORIGIN_HEADER, origin)]
        return [
            KafkaSinkMessage(i.key, i.value, physical_name(SETTINGS, i.topic), headers)
            for i in sendings
        ]


def only(step_id: str, stream: Any, *topics: str) -> Any:
    """Return the results for these topics."""
    names = {physical_name(SETTINGS, topic) for topic in topics}
    return op.filter(step_id, stream, lambda message: message.topic in names)


def dataflow() -> Dataflow:
    """Build the dataflow of all stages."""
    flow = Dataflow("news")
    brokers = SETTINGS.broker.split(",")
    raw = kop.input(
        "raw",
        flow,
        brokers=brokers,
        topics=topics_of("clean", SETTINGS),
        add_config={"max.partition.fetch.bytes": str(MAX_REQUEST_BYTES)},
        batch_size=BATCH,
    )
    cleaned = op.flat_map("clean", raw.oks, Lazily("clean"))
    one = op.key_on("one-memory", only("to-dedupe", cleaned, CLEAN.name), lambda _message: "all")
    dedupe = Lazily("dedupe")
    answers = op.stateful_flat_map("dedupe", one, lambda _state, message: (None, dedupe(message)))
    deduped = op.key_rm("no-key", answers)
    unique = op.redistribute("spread", only("to-tag", deduped, UNIQUE.name))
    tagged = op.flat_map("tag", unique, Lazily("tag"))
    enriched = only("to-route", tagged, ENRICHED.name)
    duplicates = only("copies", deduped, DUPLICATES.name)
    routed = op.flat_map("route", op.merge("both", enriched, duplicates), Lazily("route"))
    out = op.merge("all", cleaned, deduped, tagged, routed)
    kop.output("out", out, brokers=brokers, topic=None, add_config=PRODUCER)
    return flow
