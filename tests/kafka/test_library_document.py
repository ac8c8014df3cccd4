"""The programs in docs/how-to/publish-and-subscribe.md work as described, on a live Kafka."""

import asyncio
import os
import re
import sys
from datetime import timedelta

import pytest

from streams.kafka.connection import physical_name
from streams.records import ORIGIN_HEADER, routed_topic
from streams.records.topics import RAW, UNMATCHED
from streams.settings import Settings
from tests.conftest import ROOT
from tests.support.builders import enriched_article
from tests.support.live import messages_on, send

pytestmark = pytest.mark.kafka

US_RUSSIA, UNWANTED = routed_topic("us-russia"), routed_topic(UNMATCHED)
LIVE_TOPICS = (RAW, US_RUSSIA, UNWANTED)
PUBLISHING, CONSUMING = re.findall(
    r"^```python\n(.*?)^```",
    (ROOT / "docs/how-to/publish-and-subscribe.md").read_text(),
    re.MULTILINE | re.DOTALL,
)
FIRST_LINE = timedelta(seconds=40)


async def first_line(program: str, live: Settings) -> str:
    """Run a program until it prints a line, and kill it; it would run permanently."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-c", program),
        env={
            **os.environ,
            "NEWS_BROKER": live.broker,
            "NEWS_TOPIC_PREFIX": live.topic_prefix,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), FIRST_LINE.total_seconds())
    finally:
        process.kill()
        await process.wait()
    return line.decode().strip()


async def test_first_program_publishes_and_receives(live: Settings) -> None:
    await send(live, UNWANTED, enriched_article(title="Rain"), headers=[(ORIGIN_HEADER, b"a-0-1")])

    line = await first_line(PUBLISHING, live)

    assert line.startswith("Rain [")
    assert len(await messages_on(live, RAW)) == 1


async def test_second_program_reads_a_route_with_any_client(live: Settings) -> None:
    await send(
        live, US_RUSSIA, enriched_article(title="Talks"), headers=[(ORIGIN_HEADER, b"a-0-1")]
    )
    program = CONSUMING.replace("127.0.0.1:9092", live.broker)
    program = program.replace(US_RUSSIA.name, physical_name(live, US_RUSSIA.name))

    assert await first_line(program, live) == "a-0-1 Talks"
