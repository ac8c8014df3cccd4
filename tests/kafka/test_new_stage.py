"""A stage outside of the topology runs in a Faust worker, from its entry and its processor."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from streams.records import DeadLetter, decode
from streams.records.topics import DEAD_LETTER, ENRICHED
from streams.settings import Settings
from tests.conftest import ROOT
from tests.support.builders import enriched_article, entity
from tests.support.example_stage import LOCATED
from tests.support.live import messages_on, send
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (ENRICHED, DEAD_LETTER, LOCATED)


@pytest.fixture
def worker(live: Settings) -> Iterator[None]:
    """Run one worker of the example stage."""
    command = [sys.executable, "-m", "tests.support.example_stage"]
    with subprocess.Popen(command, cwd=ROOT, env=live.environment()) as process:
        yield
        process.terminate()


@pytest.mark.usefixtures("worker")
async def test_new_stage_runs_in_a_worker(live: Settings) -> None:
    located = enriched_article(entities=(entity(),))
    nowhere = enriched_article(url="https://news.test/b", entities=())
    await send(live, ENRICHED, located, nowhere)

    async def both_ended() -> bool:
        ended = [*await messages_on(live, LOCATED), *await messages_on(live, DEAD_LETTER)]
        return len(ended) == 2

    await eventually(both_ended, within=timedelta(seconds=60))

    [article] = await messages_on(live, LOCATED)
    [letter] = await messages_on(live, DEAD_LETTER)
    assert article.key == located.id.encode()
    assert decode(letter.value, DeadLetter).stage == "example"
