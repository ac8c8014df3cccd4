"""The step of `dedupe`: what is remembered goes out with the answer."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.dedupe.compare import THRESHOLD
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import Message, Result
from streams.records import ORIGIN_HEADER, CleanArticle, encode
from streams.records.topics import CLEAN, DUPLICATES, MEMORY, UNIQUE
from streams.settings import Settings
from tests.support.builders import TEXT, clean_article
from tests.support.memory import SMALL_MEMORY

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

Deduped = Callable[..., Result]


@pytest.fixture
def deduped() -> Deduped:
    """Run the step on an article, with one memory for all calls."""
    step = dedupe_processor(empty_memory(SMALL_MEMORY))

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
        return step(message, NOW)

    return run


def topics(result: Result) -> list[str]:
    """Where a result goes."""
    return [sent.topic for sent in result.messages]


def test_dedupe_step_sends_a_new_article_and_what_it_remembers_of_it(deduped: Deduped) -> None:
    article = clean_article()

    result = deduped(article, offset=1)

    assert [(sent.topic, sent.key) for sent in result.messages] == [
        (UNIQUE.name, article.id.encode()),
        (MEMORY.name, article.id.encode()),
    ]


def test_dedupe_step_sends_a_copy_under_its_group(deduped: Deduped) -> None:
    first = clean_article()
    deduped(first, offset=1)

    result = deduped(clean_article(url="https://copy.test/a", text=TEXT), offset=2)

    answer = result.messages[0]
    assert (answer.topic, answer.key) == (DUPLICATES.name, first.id.encode())


def test_dedupe_step_gives_the_same_origin_the_same_answer_again(deduped: Deduped) -> None:
    article = clean_article()
    first = deduped(article, offset=1, origin=7)

    again = deduped(article, offset=2, origin=7)

    assert again.messages[0] == first.messages[0]


def test_dedupe_step_answers_a_refetch_otherwise_than_a_redelivery(deduped: Deduped) -> None:
    deduped(clean_article(), offset=1, origin=7)

    assert topics(deduped(clean_article(), offset=2, origin=8))[0] == DUPLICATES.name


def test_dedupe_step_sends_tombstones_for_what_it_forgets() -> None:
    memories = empty_memory(Settings(dedupe_max_articles=1000))
    step = dedupe_processor(memories)
    articles = [
        clean_article(url=f"https://news.test/{n}", title=f"Headline {n}", text="")
        for n in range(1001)
    ]

    results = [
        step(Message(topic=CLEAN.name, partition=0, offset=n, key=None, value=encode(article)), NOW)
        for n, article in enumerate(articles)
    ]

    tombstones = [sent.key for result in results for sent in result.messages if sent.value is None]
    assert len(tombstones) == 1001 - len(memories)
    assert tombstones[0] == articles[0].id.encode()


def test_the_threshold_of_the_settings_is_the_one_that_was_measured() -> None:
    assert Settings().dedupe_threshold == THRESHOLD
    assert empty_memory(Settings(dedupe_threshold=0.6)).threshold == 0.6
