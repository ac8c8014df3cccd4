"""Quix Streams, one application per stage: ``python -m bench.engines.jobs.quix STAGE GUARANTEE``.

Its idiom: a StreamingDataFrame per topic, functions in the application's own process. Memory
records of `dedupe` are put into its state (RocksDB and a changelog topic), under the key of the
article, as bytes, and are looked up there when the article is redelivered after a restart. (State
under one key cannot be searched: copies under other keys are found only among the articles since
the start.) Sends are verified and state is flushed at each checkpoint, every second: a crash
repeats as much as in the pipeline. ``exactly-once`` uses Kafka's transactions. There is no time
limit per record: one that hangs blocks until the poll interval is over, and is redelivered.

A third argument chooses the parser of raw articles, for bench/chaos.py. Without it, the stage
functions that all engines share are used, which make a dead letter of an unreadable record.
``json`` is Quix's deserializer, as in its examples. ``json-skip`` is the same with its documented
callback ``on_consumer_error``, which can skip a message or stop the application.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from quixstreams import Application, message_context
from quixstreams.models import Serializer

from bench.engines.jobs.stages import no_memories, processor_named, run_processor, topics_of
from streams.kafka.connection import MAX_REQUEST_BYTES, physical_name
from streams.processors.dedupe import dedupe_processor
from streams.records import ORIGIN_HEADER
from streams.records.topics import MEMORY
from streams.settings import Settings

COMMIT_SECONDS = 1.0
"""The same as the pipeline's; its default is 5."""

LINGER_MS = 5
"""The same as the pipeline's."""


@dataclass(frozen=True, slots=True)
class Item:
    """A record to be sent."""

    topic: str
    key: bytes | None
    value: bytes | None
    origin: bytes


class Value(Serializer):
    """Serializes an item as its bytes."""

    def __call__(self, value: Any, ctx: Any) -> bytes | None:  # noqa: ARG002  # its signature
        """Return the bytes of an item."""
        return value.value  # type: ignore[no-any-return]


def leave_out(error: Exception, message: Any, _logger: object) -> bool:
    """Make Quix skip a message that it cannot read; other errors stop it."""
    print(f"left out: {error}", flush=True)
    return message is not None


def application(stage: str, guarantee: Any, settings: Settings, reading: str) -> Application:
    """Return the application of a stage."""
    callbacks: dict[str, Any] = {"on_consumer_error": leave_out} if reading == "json-skip" else {}
    session_ms = int(1000 * settings.session_seconds)
    return Application(
        broker_address=settings.broker,
        consumer_group=f"{settings.topic_prefix}quix-{stage}",
        auto_offset_reset="earliest",
        processing_guarantee=guarantee,
        commit_interval=COMMIT_SECONDS,
        state_dir=Path("state") / stage,
        loglevel="WARNING",
        consumer_extra_config={
            "max.partition.fetch.bytes": MAX_REQUEST_BYTES,
            "fetch.message.max.bytes": MAX_REQUEST_BYTES,
            "session.timeout.ms": session_ms,
            "heartbeat.interval.ms": session_ms // 3,
        },
        producer_extra_config={
            "message.max.bytes": MAX_REQUEST_BYTES,
            "compression.type": "lz4",
            "linger.ms": LINGER_MS,
        },
        **callbacks,
    )


def main(stage: str, guarantee: Any, reading: str = "bytes") -> None:
    """Connect and run one stage."""
    settings = Settings()
    app = application(stage, guarantee, settings, reading)
    memories = no_memories(settings)  # only for `dedupe`
    processor = (
        dedupe_processor(memories) if stage == "dedupe" else processor_named(stage, settings)
    )
    outputs: dict[str, Any] = {}

    def output(item: Item, *_rest: object) -> Any:
        return outputs[item.topic]

    def work(value: Any, key: bytes, _timestamp: int, headers: Any) -> list[Item]:
        context = message_context()
        sendings, origin = run_processor(
            processor,
            settings,
            topic=context.topic,
            partition=context.partition,
            offset=context.offset,
            key=key,
            value=value if isinstance(value, bytes) else orjson.dumps(value),
            headers=headers,
        )
        return [Item(physical_name(settings, i.topic), i.key, i.value, origin) for i in sendings]

    memory = physical_name(settings, MEMORY.name)

    def work_and_remember(
        value: bytes, key: bytes, timestamp: int, headers: Any, state: Any
    ) -> list[Item]:
        known = state.get_bytes("memory")
        if known is not None and memories.get(key.decode()) is None:
            memories.load_value(known)  # from before a restart
        items = work(value, key, timestamp, headers)
        for item in items:
            if item.topic == memory and item.value is not None:
                state.set_bytes("memory", item.value)
        return [item for item in items if item.topic != memory]

    for name in _written(settings):
        outputs[name] = app.topic(name, key_serializer="bytes", value_serializer=Value())
    form = "json" if stage == "clean" and reading != "bytes" else "bytes"
    for name in topics_of(stage, settings):
        frame = app.dataframe(app.topic(name, key_deserializer="bytes", value_deserializer=form))
        if stage == "dedupe":
            frame = frame.apply(work_and_remember, expand=True, metadata=True, stateful=True)
        else:
            frame = frame.apply(work, expand=True, metadata=True)
        frame = frame.set_headers(lambda item, *_rest: [(ORIGIN_HEADER, item.origin)])
        frame.to_topic(output, key=lambda item: item.key)
    app.run()


def _written(settings: Settings) -> list[str]:
    from streams.config.routes import load_routes  # noqa: PLC0415
    from streams.records import TOPICS, routed_topic  # noqa: PLC0415
    from streams.records.topics import UNMATCHED  # noqa: PLC0415

    routes = [rule.name for rule in load_routes(settings.routes)]
    topics = [*TOPICS, *(routed_topic(name) for name in [*routes, UNMATCHED])]
    return [physical_name(settings, topic.name) for topic in topics]


if __name__ == "__main__":
    main(*sys.argv[1:])
