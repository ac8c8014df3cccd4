"""`streams serve` as a process of its own, stopped by a signal."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import orjson
import pytest

from streams.records.topics import ALERTS, RAW, SUBSCRIPTIONS
from streams.settings import Settings
from tests.support.live import messages_on
from tests.support.serving import client, json_of, token, until_ready

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, SUBSCRIPTIONS, ALERTS)


async def test_serve_accepts_article_and_stops_on_signal(live: Settings, tmp_path: Path) -> None:
    settings = live.model_copy(update={"data": tmp_path})
    secret = token(settings)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams.cli.main", "serve", "--port", "0"),
        env=os.environ | settings.environment(),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            lines = [orjson.loads(await process.stderr.readline())]
            while "url" not in lines[-1]:
                lines.append(orjson.loads(await process.stderr.readline()))
            async with client(lines[-1]["url"], secret) as session:
                await until_ready(session)
                answer = await session.post("/v1/articles", json={"title": "Rain"})
                assert (answer.status, (await json_of(answer))["accepted"]) == (202, 1)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert len(await messages_on(live, RAW)) == 1
    assert secret not in str(lines)
