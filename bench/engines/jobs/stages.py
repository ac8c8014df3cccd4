"""Code that all peers share: the stage functions, called as the pipeline's workers call them."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

from streams.dedupe.memory.memory import ArticleMemory
from streams.kafka.connection import logical_name, physical_name
from streams.processors.build import build_processor
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import Message, OutgoingMessage, Processor
from streams.settings import Settings
from streams.topology import stage_named
from streams.worker.blob_file import BlobFile

Headers = list[tuple[str, bytes]]


def processor_named(stage: str, settings: Settings) -> Processor:
    """Build the processor of a stage; `dedupe` gets an empty memory."""
    if stage == "dedupe":
        return dedupe_processor(no_memories(settings))
    return build_processor(stage_named(stage), settings)


def no_memories(settings: Settings) -> ArticleMemory:
    """Return an empty memory for `dedupe`, its bulk in a file as in the pipeline's worker."""
    return empty_memory(settings, BlobFile(Path(gettempdir())))


def topics_of(stage: str, settings: Settings) -> list[str]:
    """Return the topics that a stage reads, by their names in Kafka."""
    return [physical_name(settings, topic.name) for topic, _ in stage_named(stage).reads]


def run_processor(
    processor: Processor,
    settings: Settings,
    *,
    topic: str,
    partition: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    headers: Headers | None,
) -> tuple[tuple[OutgoingMessage, ...], bytes]:
    """Run a processor on a client's message; return the messages to send, and their origin."""
    message = Message(
        topic=logical_name(settings, topic),
        partition=partition,
        offset=offset,
        key=key,
        value=value,
        headers=tuple(headers or ()),
    )
    return processor(message, datetime.now(UTC)).messages, str(message.origin).encode()
