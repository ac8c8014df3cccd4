"""An enricher that hangs or kills its process rejects only its own article, and is named."""

import asyncio
from collections.abc import Iterator

import pytest

from streams.processors.message import Message, Result
from streams.records import DeadLetter, EnrichedArticle, decode, encode
from streams.records.topics import UNIQUE
from streams.settings import Settings
from streams.topology import TAG_STAGE
from streams.worker.pool import StagePool
from tests.support.builders import unique_article
from tests.support.enrichers import build_enriching_processor

pytestmark = pytest.mark.slow  # two processes load the tagger

HERE = "tests.support.enrichers"
ENRICHERS = f"{HERE}:count_words,{HERE}:hanging_on_order,{HERE}:dying_on_order"


@pytest.fixture(scope="module")
def pool() -> Iterator[StagePool]:
    """Two processes that run the enrichers."""
    settings = Settings(enrichers=ENRICHERS, pool_processes=2, stage_seconds=1.0)
    pool = StagePool(TAG_STAGE, settings, build=build_enriching_processor)
    yield pool
    pool.stop()


def message(text: str, offset: int) -> Message:
    """Return a unique article as `tag` reads it, with a key of its own."""
    value = encode(unique_article(text=text))
    key = b"%d" % offset
    return Message(topic=UNIQUE.name, partition=0, offset=offset, key=key, value=value)


async def results(pool: StagePool, texts: list[str]) -> list[Result]:
    """Return the results of articles that are started together."""
    futures = [pool.start(message(text, number)) for number, text in enumerate(texts)]
    return await asyncio.gather(*futures)


@pytest.mark.parametrize(
    ("order", "reason", "detail"),
    [
        ("HANG", "timed_out", f"enricher {HERE}:hanging_on_order: not done after 1 s"),
        (
            "DIE",
            "crashed",
            f"enricher {HERE}:dying_on_order: its process ended with code 7, twice",
        ),
    ],
)
async def test_pool_names_the_enricher(
    pool: StagePool, order: str, reason: str, detail: str
) -> None:
    found = await results(pool, ["It rained.", f"Now {order}.", "The sun shone again."])

    [[first], [letter_sent], [third]] = (result.messages for result in found)
    letter = decode(letter_sent.value or b"", DeadLetter)
    assert [result.decision for result in found] == ["emitted", "rejected", "emitted"]
    assert (letter.stage, letter.reason, letter.detail) == ("tag", reason, detail)
    assert letter.value == message(f"Now {order}.", 1).value
    assert decode(first.value or b"", EnrichedArticle).extensions == {"n_words": 2}
    assert decode(third.value or b"", EnrichedArticle).extensions == {"n_words": 4}
