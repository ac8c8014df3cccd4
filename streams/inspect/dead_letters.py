"""Read dead letters from their topic and redrive them to the topics they were read from.

A redriven letter stays on its topic, followed by a mark: a message without a value whose headers
name the record and its new position. A marked letter is closed. If the record is rejected again, it
has a new letter with the next attempt, so the number of open letters does not grow by redriving.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError, ProducerFenced, TransactionalIdAuthorizationFailed
from xxhash import xxh3_64_hexdigest

from streams.errors import BrokerError, UsageError
from streams.kafka.connection import physical_name, producer
from streams.kafka.decoding import header_of, read_record
from streams.kafka.errors import describe_error
from streams.kafka.read import OnReadProgress, message_at, read_topics
from streams.kafka.sender import Sender
from streams.records import (
    ATTEMPT_HEADER,
    REDRIVEN_HEADER,
    REDRIVEN_TO_HEADER,
    TAKEN_HEADER,
    DeadLetter,
    DecodeError,
    RawArticle,
    decode,
    topic_named,
)
from streams.records.codec import decode_one_of
from streams.records.topics import DEAD_LETTER, MIB, RAW
from streams.settings import Settings

TRANSACTIONAL_ID: Final = "news-redrive"
"""Name of the transactions, behind the prefix of the topics; one process at a time has it."""

BATCH_LETTERS: Final = 100
"""Maximum number of letters in a transaction."""

BATCH_BYTES: Final = 16 * MIB
"""Bytes of records after which a transaction gets no more letters: bounds the memory."""


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

    @property
    def subject(self) -> str:
        """What was rejected: stage, position and digest of the record.

        A stage that dies after sending a letter sends it again, with the same subject. The digest
        tells records apart whose topic was deleted and created again, with the same positions. A
        record that was refused by a source has no position; its letter is its own subject.
        """
        record = self.record
        if not record.topic:
            return f"{record.stage} {DEAD_LETTER.name}-{self.id}"
        digest = xxh3_64_hexdigest(record.value or b"")
        return f"{record.stage} {record.topic}-{record.partition}-{record.offset} {digest}"


class LetterIndex:
    """The open dead letters, and those that were redriven; a few strings for each letter.

    Examples:
        >>> index = LetterIndex()
        >>> index.add("clean articles.raw.v1-0-1", "3-17")
        >>> index.add("clean articles.raw.v1-0-1", "3-18")  # the same, redelivered
        >>> index.is_open("3-17"), index.is_open("3-18")
        (False, True)
        >>> index.close("clean articles.raw.v1-0-1")
        >>> index.is_open("3-18")
        False
    """

    def __init__(self) -> None:
        self._latest: dict[str, str] = {}
        self._closed: set[str] = set()
        self._open: set[str] | None = None

    def add(self, subject: str, letter: str) -> None:
        """Add a letter; it replaces an earlier one about the same record.

        Args:
            subject: `StoredDeadLetter.subject`.
            letter: Its id.
        """
        self._latest[subject] = letter
        self._open = None

    def close(self, subject: str) -> None:
        """Close the letters about a record, which was redriven."""
        self._closed.add(subject)
        if self._open is not None:
            self._open.discard(self._latest.get(subject, ""))

    def is_open(self, letter: str) -> bool:
        """Return whether a letter is the latest about its record, which was not redriven."""
        if self._open is None:
            self._open = {
                latest for subject, latest in self._latest.items() if subject not in self._closed
            }
        return letter in self._open


@dataclass(frozen=True, kw_only=True)
class RedriveResult:
    """The result of redriving one dead letter.

    Attributes:
        letter: The dead letter.
        place: Position of the new message, ``topic-partition-offset``; empty if it was not sent.
        attempt: Number of the new attempt; 0 if it was not sent.
        problem: Why it was not sent; empty if it was.
        is_left_out: Whether it was not sent on purpose: because it was redriven before, or of
            the limit.
        attempt_limit_reached: Whether it was left out because of the limit.
    """

    letter: StoredDeadLetter
    place: str = ""
    attempt: int = 0
    problem: str = ""
    is_left_out: bool = False
    attempt_limit_reached: bool = False


async def read_index(settings: Settings) -> LetterIndex:
    """Read which dead letters are open.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    index = LetterIndex()
    async for message in read_topics(settings, DEAD_LETTER.name):
        add_to_index(index, message)
    return index


def add_to_index(index: LetterIndex, message: ConsumerRecord) -> None:
    """Add a message of the topic to the index: a letter, or the mark of a redriven one."""
    if message.value is None:
        index.close(header_of(message, REDRIVEN_HEADER).decode(errors="replace"))
        return
    letter = parse_letter(message)
    if letter is not None:
        index.add(letter.subject, letter.id)


async def read_dead_letters(
    settings: Settings, *, reason: str = "", stage: str = "", progress: OnReadProgress | None = None
) -> AsyncIterator[StoredDeadLetter]:
    """Read the existing dead letters, open and redriven ones, in the order they were sent.

    Args:
        settings: Settings with a broker.
        reason: Only letters with this reason. Defaults to all.
        stage: Only letters of this stage. Defaults to all.
        progress: Called with the number of offsets read and to read.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    async for message in read_topics(settings, DEAD_LETTER.name, in_order=True, progress=progress):
        letter = parse_letter(message)
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
    letter = None if message is None else parse_letter(message)
    if letter is None:
        raise UsageError(f"{name}: no such dead letter (`streams dead-letters list`)")
    return letter


def parse_letter(message: ConsumerRecord) -> StoredDeadLetter | None:
    """Return the dead letter of a message; None if it is none."""
    record = read_record(message, DeadLetter)
    if record is None:
        return None
    return StoredDeadLetter(partition=message.partition, offset=message.offset, record=record)


async def redrive(
    settings: Settings,
    letters: Callable[[], AsyncIterable[StoredDeadLetter]],
    *,
    value: bytes | None = None,
    again: bool = False,
    max_attempts: int | None = None,
) -> AsyncGenerator[RedriveResult, None]:
    """Send dead letters, with original key and headers, to the topics they were read from.

    **Delivery.** Records and marks are sent in transactions: a letter is either redriven and
    marked, or neither, whenever this process dies. A second call at the same time ends the first
    one, so that no letter is redriven by both. The letters are kept.

    Args:
        settings: Settings with a broker.
        letters: Returns the dead letters; called when no other process redrives any more.
        value: Corrected bytes for all of them. Defaults to the original bytes.
        again: Whether to send letters that were redriven before, too.
        max_attempts: Attempts after which a letter is left out. Defaults to no limit.

    Yields:
        The result of each letter when its transaction is committed.

    Raises:
        BrokerError: If the broker is unreachable or refuses, or another process redrives.
    """
    name = physical_name(settings, TRANSACTIONAL_ID)
    async with producer(settings, transactional_id=name) as client:
        async with _redriving(name):
            await client.begin_transaction()  # from here on a former process cannot commit
            await client.commit_transaction()
        index = await read_index(settings)
        async for batch in _batches(letters()):
            judged = [
                (letter, _why_not(letter, index, value, again=again, max_attempts=max_attempts))
                for letter in batch
            ]
            sound = [letter for letter, result in judged if result is None]
            places: dict[str, str] = {}
            if sound:
                async with _redriving(name), client.transaction():
                    places = await _send_all(client, settings, sound, value)
            for letter in sound:
                index.close(letter.subject)
            for letter, result in judged:
                yield result or RedriveResult(
                    letter=letter, place=places[letter.id], attempt=letter.record.attempt + 1
                )


@asynccontextmanager
async def _redriving(name: str) -> AsyncIterator[None]:
    """Translate the errors of transactions.

    Args:
        name: Transactional id.
    """
    # aiokafka leaves the error of a producer that was overtaken in futures of its own, too.
    asyncio.get_running_loop().set_exception_handler(_ignore_fenced)
    try:
        yield
    except (ProducerFenced, BrokerError) as error:
        if not isinstance(error, ProducerFenced) and not isinstance(
            error.__cause__, ProducerFenced
        ):
            raise
        raise BrokerError(
            "redriving dead letters: another `streams dead-letters redrive` has started; what "
            "this one has not reported is left to it"
        ) from error
    except TransactionalIdAuthorizationFailed as error:
        raise BrokerError(
            "redriving dead letters: Kafka refuses transactions; allow Write and Describe on the "
            f"transactional id {name}"
        ) from error
    except KafkaError as error:
        raise BrokerError(f"redriving dead letters: {describe_error(error)}") from error


def _ignore_fenced(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), ProducerFenced):
        loop.default_exception_handler(context)


async def _batches(
    letters: AsyncIterable[StoredDeadLetter],
) -> AsyncIterator[list[StoredDeadLetter]]:
    batch: list[StoredDeadLetter] = []
    n_bytes = 0
    async for letter in letters:
        batch.append(letter)
        n_bytes += len(letter.record.value or b"")
        if len(batch) >= BATCH_LETTERS or n_bytes >= BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch


async def _send_all(
    client: AIOKafkaProducer,
    settings: Settings,
    letters: Sequence[StoredDeadLetter],
    value: bytes | None,
) -> dict[str, str]:
    """Send the records of letters, then their marks; return the new positions by letter."""
    sender = Sender(client, settings)
    sends = [
        await sender.send(
            letter.record.topic or RAW.name,
            letter.record.value if value is None else value,
            _key(letter.record, value),
            headers=_headers(letter.record),
        )
        for letter in letters
    ]
    places = await asyncio.gather(*sends)
    marks = [
        await client.send(
            physical_name(settings, DEAD_LETTER.name),
            None,
            key=letter.id.encode(),  # aiokafka sends no message without key and value
            partition=letter.partition,
            headers=[
                (REDRIVEN_HEADER, letter.subject.encode()),
                (REDRIVEN_TO_HEADER, str(place).encode()),
                (ATTEMPT_HEADER, str(letter.record.attempt + 1).encode()),
            ],
        )
        for letter, place in zip(letters, places, strict=True)
    ]
    await asyncio.gather(*marks)
    return {letter.id: str(place) for letter, place in zip(letters, places, strict=True)}


CUT_BEFORE: Final = "headers left out)"
"""End of the detail of letters that were cut before `DeadLetter.truncated` existed."""


def _why_not(
    letter: StoredDeadLetter,
    index: LetterIndex,
    value: bytes | None,
    *,
    again: bool,
    max_attempts: int | None,
) -> RedriveResult | None:
    """Return the result of a letter that is not redriven; None if it is."""
    if not again and not index.is_open(letter.id):
        problem = "redriven before, or a later letter is about the same record"
        return RedriveResult(letter=letter, problem=problem, is_left_out=True)
    if max_attempts is not None and letter.record.attempt >= max_attempts:
        problem = f"failed {letter.record.attempt} times"
        return RedriveResult(
            letter=letter, problem=problem, is_left_out=True, attempt_limit_reached=True
        )
    problem = _problem(letter.record, letter.record.topic or RAW.name, value)
    return RedriveResult(letter=letter, problem=problem) if problem else None


def _problem(letter: DeadLetter, topic: str, value: bytes | None) -> str:
    """Return why a letter cannot be redriven; empty if it can."""
    if value is None:
        if not letter.topic:
            return "never stored whole in Kafka: pass corrected bytes with --value, or replay it"
        if letter.truncated or letter.detail.endswith(CUT_BEFORE):
            return "only the beginning of the value is stored: pass the whole one with --value"
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
