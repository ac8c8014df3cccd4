"""Dedupe, killed repeatedly, gives the same answers as an undisturbed run."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streams.inspect.audit import audit
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import Message
from streams.records import ORIGIN_HEADER, RawArticle
from streams.records.topics import CLEAN, DUPLICATES, UNIQUE
from streams.settings import Settings
from streams.sources.files.files import read_articles
from tests.kafka.test_chaos_kill import kill_and_wait
from tests.support.live import messages_on
from tests.support.pipeline import all_ended, publish, running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(1200)]

N_KILLS = 5
Answers = dict[str, tuple[str, bytes]]


async def answers_on_the_topics(settings: Settings) -> list[tuple[str, str, bytes]]:
    """Return every answer on the topics of dedupe: origin, topic, bytes."""
    return [
        (dict(message.headers)[ORIGIN_HEADER].decode(), topic.name, message.value or b"")
        for topic in (UNIQUE, DUPLICATES)
        for message in await messages_on(settings, topic)
    ]


async def undisturbed_answers(settings: Settings) -> Answers:
    """Return the answers of one undisturbed process to the same clean articles, in order."""
    process = dedupe_processor(empty_memory(settings))
    answers: Answers = {}
    for received in await messages_on(settings, CLEAN):
        headers = tuple(received.headers)
        message = Message(
            topic=CLEAN.name,
            partition=0,
            offset=received.offset,
            key=received.key,
            value=received.value,
            headers=headers,
        )
        first = process(message, datetime.now(UTC)).messages[0]
        answers.setdefault(str(message.origin), (first.topic, first.value or b""))
    return answers


async def test_dedupe_killed_five_times_gives_the_same_answers(
    live: Settings, tmp_path: Path, shared: Path
) -> None:
    rng = random.Random(7)  # noqa: S311  # when it is killed
    reuters = shared / "evals" / "replay" / "reuters-21578.jsonl.xz"
    articles = [item for item in read_articles(reuters) if isinstance(item, RawArticle)]
    async with running(live, tmp_path) as pipeline:
        await publish(live, articles)
        for _ in range(N_KILLS):
            target = sum((await audit(live)).ends.values()) + rng.randint(800, 2500)

            async def far_enough(target: int = target) -> bool:
                return sum((await audit(live)).ends.values()) >= target

            await eventually(far_enough, within=timedelta(seconds=240))
            await kill_and_wait(pipeline, "dedupe-1")
        found = await all_ended(live, len(articles), within=timedelta(seconds=600))
    answers = await answers_on_the_topics(live)
    expected = await undisturbed_answers(live)
    print(f"{found.ends}, dedupe repeated {len(answers) - len(expected)}")  # noqa: T201

    assert (found.missing, found.twice) == ([], [])
    assert {(origin, (topic, value)) for origin, topic, value in answers} == set(expected.items())
