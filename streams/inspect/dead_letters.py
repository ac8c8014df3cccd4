"""Read dead letters from their topic and redrive them to the topics they were read from."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from aiokafka import ConsumerRecord

from streams.errors import UsageError
from streams.kafka.connection import producer
from streams.kafka.read import OnReadProgress, message_at, read_topics
from streams.kafka.sender import Sender
from streams.records import (
    ATTEMPT_HEADER,
    TAKEN_HEADER,
    DeadLetter,
    DecodeError,
    RawArticle,
    decode,
    topic_named,
)
from streams.records.codec import decode_one_of
from streams.records.topics import DEAD_LETTER, RAW
from streams.settings import Settings


@dataclass(frozen=True, kw_only=True)
class StoredDeadLetter:
    """A dead letter and its position.

    Attributes:
        partition: Partition of the dead-letter topic.
        offset: Offset in the partition.
        record: The dead letter.
    """

    partition: int
    offset: int
    record: DeadLetter

    @property
    def id(self) -> str:
        """The id shown to people: ``partition-offset``."""
        return f"{self.partition}-{self.offset}"


@dataclass(frozen=True, kw_only=True)
class RedriveResult:
    """The result of redriving one dead letter.

    Attributes:
        letter: The dead letter.
        place: Position of the new message, ``topic-partition-offset``; empty if it was not sent.
        attempt: Number of the new attempt; 0 if it was not sent.
        problem: Why it was not sent; empty if it was.
    """

    letter: StoredDeadLetter
    place: str = ""
    attempt: int = 0
    problem: str = ""


async def read_dead_letters(
    settings: Settings, *, reason: str = "", stage: str = "", progress: OnReadProgress | None = None
) -> AsyncIterator[StoredDeadLetter]:
    """Read the existing dead letters, in the order they were sent.

    Args:
        settings: Settings with a broker.
        reason: Only letters with this reason. Defaults to all.
        stage: Only letters of this stage. Defaults to all.
        progress: Called with the number of offsets read and to read.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    async for message in read_topics(settings, DEAD_LETTER.name, in_order=True, progress=progress):
        letter = _parse_letter(message)
        if (
            letter is not None
            and reason in ("", letter.record.reason)
            and stage in ("", letter.record.stage)
        ):
            yield letter


async def read_dead_letter(settings: Settings, name: str) -> StoredDeadLetter:
    """Read one dead letter.

    Args:
        settings: Settings with a broker.
        name: Id of the dead letter, ``partition-offset``.

    Raises:
        UsageError: If no dead letter has this id.
        BrokerError: If the broker is unreachable.
    """
    parts = re.fullmatch(r"(\d{1,9})-(\d{1,18})", name)
    if parts is None:
        raise UsageError(
            f"{name}: not the id of a dead letter; ids look like 3-17 (`streams dead-letters list`)"
        )
    message = await message_at(settings, DEAD_LETTER.name, int(parts[1]), int(parts[2]))
    letter = None if message is None else _parse_letter(message)
    if letter is None:
        raise UsageError(f"{name}: no such dead letter (`streams dead-letters list`)")
    return letter


def _parse_letter(message: ConsumerRecord) -> StoredDeadLetter | None:
    try:
        record = decode(message.value or b"", DeadLetter)
    except DecodeError:
        return None
    return StoredDeadLetter(partition=message.partition, offset=message.offset, record=record)


async def redrive(
    settings: Settings, letters: Iterable[StoredDeadLetter], *, value: bytes | None = None
) -> list[RedriveResult]:
    """Send dead letters, with original key and headers, to the topics they were read from.

    **Delivery.** Returns when the broker has acknowledged them. The dead
    letters are kept; a second call sends them a second time, which the stages
    recognize by origin, and for the raw topic as an unchanged article.

    Args:
        settings: Settings with a broker.
        letters: The dead letters.
        value: Corrected bytes for all of them. Defaults to the original bytes.

    Raises:
        BrokerError: If the broker is unreachable or does not acknowledge.
    """
    results = []
    async with producer(settings) as client:
        sender = Sender(client, settings)
        for letter in letters:
            topic = letter.record.topic or RAW.name
            problem = _problem(letter.record, topic, value)
            if problem:
                results.append(RedriveResult(letter=letter, problem=problem))
                continue
            place = await sender.send_and_wait(
                topic,
                letter.record.value if value is None else value,
                _key(letter.record, value),
                headers=_headers(letter.record),
            )
            results.append(
                RedriveResult(letter=letter, place=str(place), attempt=letter.record.attempt + 1)
            )
    return results


def _problem(letter: DeadLetter, topic: str, value: bytes | None) -> str:
    """Return why a letter cannot be redriven; empty if it can."""
    if value is None:
        if not letter.topic:
            return "never stored whole in Kafka: pass corrected bytes with --value, or replay it"
        return "" if letter.value is not None else "no value stored: pass one with --value"
    try:
        decode_one_of(value, topic_named(topic).records)
    except DecodeError as error:
        return f"the value passed is not a record of {topic}: {error}"
    except KeyError:
        return f"the pipeline has no topic {topic}"
    return ""


def _key(letter: DeadLetter, value: bytes | None) -> bytes | None:
    if letter.key is None and not letter.topic and value is not None:
        return decode(value, RawArticle).id.encode()
    return letter.key


def _headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    replaced = (ATTEMPT_HEADER, TAKEN_HEADER)  # a new attempt, taken at a new time
    original = [(name, value) for name, value in letter.headers if name not in replaced]
    return [*original, (ATTEMPT_HEADER, str(letter.attempt + 1).encode())]
