"""A malformed record among others: a complete dead letter, and the other records pass."""

from datetime import timedelta
from pathlib import Path

import pytest

from streams.records import DeadLetter, decode
from streams.records.topics import DEAD_LETTER, ENRICHED, RAW
from streams.settings import Settings
from tests.support.builders import raw_article
from tests.support.live import messages_on, send
from tests.support.news import news
from tests.support.pipeline import all_ended, publish, running

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]

BREAKS = "<html><body>" + "<br>" * 100_000 + "</body></html>"
"""0.4 MB on which extraction takes seconds (performance.md, 1.5)."""

ATTRIBUTES = (
    "<html><body><p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p></body></html>"
)
"""One tag with 100,000 attributes: parsers hang on it for more than 20 s (the same)."""


async def test_malformed_record_does_not_affect_others(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update={"stage_seconds": 1.0})
    page = raw_article(url="https://news.test/attributes", body=ATTRIBUTES)
    poison = [b"no json at all", b'{"id": "no record of ours"}', page, None]
    async with running(settings, tmp_path):
        await publish(settings, news(30, seed=1))
        for value in poison:
            await send(settings, RAW, value, key=page.id.encode())
        await publish(settings, news(30, seed=2))
        result = await all_ended(settings, 64, within=timedelta(seconds=90))
    letters = [
        decode(message.value, DeadLetter) for message in await messages_on(settings, DEAD_LETTER)
    ]

    assert (result.twice, result.ends[ENRICHED.name]) == ([], 60)
    assert {letter.reason for letter in letters} >= {"not_json", "not_this_record", "missing_value"}
    assert [letter.value for letter in letters][:2] == poison[:2]
    assert {letter.stage for letter in letters} == {"clean"}
    assert len(letters) == 4
