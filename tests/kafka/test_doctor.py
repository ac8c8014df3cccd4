"""``streams doctor`` against a live Kafka: problems and remedies."""

from typing import Any

import orjson
import pytest

from streams.cli.doctor import doctor
from streams.config.routes import required_topics
from streams.kafka.connection import consumer
from streams.kafka.topics import create_topics
from streams.records.topics import CLEAN, RAW
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.topology import CLEAN_STAGE
from tests.support.commands import run_command
from tests.support.live import send

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, CLEAN)


async def checks(live: Settings) -> dict[str, dict[str, Any]]:
    result = await run_command(doctor, "--json", live=live)
    report = orjson.loads(result.stdout)
    assert result.exit_code == (0 if report["sound"] else 1)
    return {check["name"]: check for check in report["checks"]}


async def test_doctor_names_missing_topics(live: Settings) -> None:
    found = await checks(live)

    assert found["Kafka"]["sound"]
    assert "articles.unique.v1" in found["topics"]["found"]
    assert "articles.raw.v1" not in found["topics"]["found"]
    assert found["topics"]["remedy"] == "create them with `streams topics create`"


async def test_doctor_reports_lag_without_consumer(live: Settings) -> None:
    await create_topics(live, required_topics(live))
    before = await checks(live)

    await send(live, RAW, b"1", b"2", b"3", key=b"k")
    waiting = await checks(live)
    async with consumer(live, RAW.name, group=CLEAN_STAGE.app_id) as client:
        await client.getone()
        await client.commit()
        at_work = await checks(live)

    assert all(check["sound"] for check in before.values())
    assert waiting["group news-clean"]["found"] == "lag 3, no active consumer"
    assert "streams worker clean" in waiting["group news-clean"]["remedy"]
    assert at_work["group news-clean"]["found"] == "lag 2, consumer active"
    assert at_work["group news-clean"]["sound"]


async def test_doctor_reports_unreachable_broker(live: Settings) -> None:
    nowhere = live.model_copy(update={"broker": f"127.0.0.1:{free_port()}"})

    found = await checks(nowhere)

    assert not found["Kafka"]["sound"]
    assert "does not answer" in found["Kafka"]["found"]
    assert "topics" not in found


async def test_doctor_shows_problems_and_remedies(live: Settings) -> None:
    result = await run_command(doctor, live=live)

    assert "FAIL topics" in result.stdout
    assert "streams topics create" in result.stdout
