"""The processor of `dedupe` sends memory records with the article."""

import errno
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from streams.dedupe.compare import THRESHOLD
from streams.dedupe.memory.blobs import MemoryBlobStore
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import ENVELOPE_BYTES, Message, Result
from streams.records import (
    ORIGIN_HEADER,
    CleanArticle,
    DuplicateArticle,
    UniqueArticle,
    decode,
    encode,
)
from streams.records.topics import CLEAN, DUPLICATES, MEMORY, UNIQUE
from streams.settings import Settings
from tests.support.builders import TEXT, clean_article
from tests.support.memory import SMALL_MEMORY

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

Deduped = Callable[..., Result]


@pytest.fixture
def deduped() -> Deduped:
    """Return a function that runs the processor, with one memory for all calls."""
    process = dedupe_processor(empty_memory(SMALL_MEMORY))

    def run(article: CleanArticle, *, offset: int, origin: int | None = None) -> Result:
        headers = ((ORIGIN_HEADER, f"articles.raw.v1-0-{origin or offset}".encode()),)
        message = Message(
            topic=CLEAN.name,
            partition=0,
            offset=offset,
            key=article.id.encode(),
            value=encode(article),
            headers=headers,
        )
        return process(message, NOW)

    return run


def topics(result: Result) -> list[str]:
    """Return the topics of a result's messages."""
    return [sent.topic for sent in result.messages]


def test_dedupe_sends_new_article_and_memory_record(deduped: Deduped) -> None:
    article = clean_article()

    result = deduped(article, offset=1)

    assert [(sent.topic, sent.key) for sent in result.messages] == [
        (UNIQUE.name, article.id.encode()),
        (MEMORY.name, article.id.encode()),
    ]


def test_dedupe_sends_copy_under_group_id(deduped: Deduped) -> None:
    first = clean_article()
    deduped(first, offset=1)

    result = deduped(clean_article(url="https://copy.test/a", text=TEXT), offset=2)

    answer = result.messages[0]
    assert (answer.topic, answer.key) == (DUPLICATES.name, first.id.encode())


def test_dedupe_repeats_answer_for_same_origin(deduped: Deduped) -> None:
    article = clean_article()
    first = deduped(article, offset=1, origin=7)

    again = deduped(article, offset=2, origin=7)

    assert again.messages[0] == first.messages[0]


def test_dedupe_distinguishes_refetch_from_redelivery(deduped: Deduped) -> None:
    deduped(clean_article(), offset=1, origin=7)

    assert topics(deduped(clean_article(), offset=2, origin=8))[0] == DUPLICATES.name


def test_dedupe_sends_tombstones_for_evicted_articles() -> None:
    memory = empty_memory(Settings(dedupe_max_articles=1000))
    process = dedupe_processor(memory)
    articles = [
        clean_article(url=f"https://news.test/{n}", title=f"Headline {n}", text="")
        for n in range(1001)
    ]

    results = [
        process(
            Message(topic=CLEAN.name, partition=0, offset=n, key=None, value=encode(article)), NOW
        )
        for n, article in enumerate(articles)
    ]

    tombstones = [sent.key for result in results for sent in result.messages if sent.value is None]
    assert len(tombstones) == 1001 - len(memory)
    assert tombstones[0] == articles[0].id.encode()


def test_default_threshold_is_measured_one() -> None:
    assert Settings().dedupe_threshold == THRESHOLD
    assert empty_memory(Settings(dedupe_threshold=0.6)).threshold == 0.6


def too_large(**changes: object) -> CleanArticle:
    """Return an article that is within the limit before its label is added, and not after."""
    article = clean_article(**changes)
    room = CLEAN.max_bytes - ENVELOPE_BYTES - len(encode(article)) - 20
    return msgspec.structs.replace(article, text=article.text + " rain" * (room // 5))


def test_article_after_its_refused_version_is_new(deduped: Deduped) -> None:
    deduped(too_large(), offset=1)

    sent = deduped(clean_article(), offset=2)

    assert topics(sent) == [UNIQUE.name, MEMORY.name]
    assert decode(sent.messages[0].value or b"", UniqueArticle).revision.number == 1


def test_refused_revision_leaves_the_known_version(deduped: Deduped) -> None:
    deduped(clean_article(), offset=1)
    deduped(too_large(title="Rain and more rain"), offset=2)

    sent = deduped(clean_article(), offset=3)

    assert decode(sent.messages[0].value or b"", DuplicateArticle).change == "unchanged"


def test_full_disk_is_not_the_fault_of_an_article() -> None:
    class FullDisk(MemoryBlobStore):
        def put(self, _value: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    process = dedupe_processor(empty_memory(SMALL_MEMORY, FullDisk()))
    article = clean_article()
    message = Message(topic=CLEAN.name, partition=0, offset=1, key=b"k", value=encode(article))

    with pytest.raises(OSError, match="No space"):
        process(message, NOW)
