"""Dead letters on their topic: found, read, and sent again to where they came from."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from aiokafka import ConsumerRecord

from streams.errors import UsageError
from streams.kafka.connection import producer
from streams.kafka.read import OnReadProgress, decode_one_of, message_at, read_topics
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
from streams.records.topics import DEAD_LETTER, RAW
from streams.settings import Settings


@dataclass(frozen=True, kw_only=True)
class StoredDeadLetter:
    """A dead letter and its place.

    Attributes:
        partition: In the dead-letter topic.
        offset: There.
        record: What it says.
    """

    partition: int
    offset: int
    record: DeadLetter

    @property
    def id(self) -> str:
        """How people name it: ``partition-offset``."""
        return f"{self.partition}-{self.offset}"


@dataclass(frozen=True, kw_only=True)
class RedriveResult:
    """What became of a dead letter that was to be sent again.

    Attributes:
        letter: Which.
        place: Where it is now, ``topic-partition-offset``; empty if it was not sent.
        attempt: Which attempt that is; 0 if it was not sent.
        problem: Why it was not sent; empty if it was.
    """

    letter: StoredDeadLetter
    place: str = ""
    attempt: int = 0
    problem: str = ""


async def read_dead_letters(
    settings: Settings, *, reason: str = "", stage: str = "", progress: OnReadProgress | None = None
) -> AsyncIterator[StoredDeadLetter]:
    """Read the dead letters there are, in the order they were sent.

    Args:
        settings: With a broker.
        reason: Only those with this reason; empty: all.
        stage: Only those of this stage; empty: all.
        progress: Told how far the read is.

    Raises:
        BrokerError: If the broker cannot be reached.
    """
    async for message in read_topics(settings, DEAD_LETTER.name, in_order=True, progress=progress):
        letter = _letter(message)
        if (
            letter is not None
            and reason in ("", letter.record.reason)
            and stage in ("", letter.record.stage)
        ):
            yield letter


async def read_dead_letter(settings: Settings, name: str) -> StoredDeadLetter:
    """Read one dead letter.

    Args:
        settings: With a broker.
        name: Its id, ``partition-offset``.

    Raises:
        UsageError: If there is none of that id.
        BrokerError: If the broker cannot be reached.
    """
    parts = re.fullmatch(r"(\d{1,9})-(\d{1,18})", name)
    if parts is None:
        raise UsageError(
            f"{name}: not a dead letter's id; these look like 3-17 (`streams dead-letters list`)"
        )
    message = await message_at(settings, DEAD_LETTER.name, int(parts[1]), int(parts[2]))
    letter = None if message is None else _letter(message)
    if letter is None:
        raise UsageError(f"{name}: no such dead letter (`streams dead-letters list`)")
    return letter


def _letter(message: ConsumerRecord) -> StoredDeadLetter | None:
    try:
        record = decode(message.value or b"", DeadLetter)
    except DecodeError:
        return None
    return StoredDeadLetter(partition=message.partition, offset=message.offset, record=record)


async def redrive(
    settings: Settings, letters: Iterable[StoredDeadLetter], *, value: bytes | None = None
) -> list[RedriveResult]:
    """Send dead letters again, with key and headers as they came, to where they were read.

    **Delivery.** Returns when the broker has acknowledged them. The dead
    letters stay; a second call sends them a second time, which the stages
    recognize by origin, and for the raw topic as an unchanged article.

    Args:
        settings: With a broker.
        letters: Which.
        value: Mended bytes for all of them; None: the bytes as they came.

    Raises:
        BrokerError: If the broker cannot be reached or does not acknowledge.
    """
    done = []
    async with producer(settings) as client:
        sender = Sender(client, settings)
        for letter in letters:
            topic = letter.record.topic or RAW.name
            problem = _problem(letter.record, topic, value)
            if problem:
                done.append(RedriveResult(letter=letter, problem=problem))
                continue
            place = await sender.send_and_wait(
                topic,
                letter.record.value if value is None else value,
                _key(letter.record, value),
                headers=_headers(letter.record),
            )
            done.append(
                RedriveResult(letter=letter, place=str(place), attempt=letter.record.attempt + 1)
            )
    return done


def _problem(letter: DeadLetter, topic: str, value: bytes | None) -> str:
    """Say why a letter cannot be sent again; empty if it can."""
    if value is None:
        if not letter.topic:
            return "it never reached Kafka whole: mend it and give it with --value, or replay it"
        return "" if letter.value is not None else "it has no value: give one with --value"
    try:
        decode_one_of(value, topic_named(topic).records)
    except DecodeError as error:
        return f"the mended value is no record of {topic}: {error}"
    except KeyError:
        return f"the pipeline has no topic {topic}"
    return ""


def _key(letter: DeadLetter, value: bytes | None) -> bytes | None:
    if letter.key is None and not letter.topic and value is not None:
        return decode(value, RawArticle).id.encode()
    return letter.key


def _headers(letter: DeadLetter) -> list[tuple[str, bytes]]:
    ours = (ATTEMPT_HEADER, TAKEN_HEADER)  # taken up anew, too
    kept = [(name, value) for name, value in letter.headers if name not in ours]
    return [*kept, (ATTEMPT_HEADER, str(letter.attempt + 1).encode())]
