"""``streams subscribe`` against a live Kafka."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from streams.cli.subscribe import subscribe
from streams.errors import UsageError
from streams.records import EnrichedArticle, PublicationTime, Receipt, decode
from streams.records.topics import RAW
from streams.settings import Settings
from tests.support.builders import duplicate_article, enriched_article, entity, raw_article
from tests.support.commands import run_command
from tests.support.live import EUROPE, send

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, EUROPE)

SUBSCRIBE = """
import signal, typer
from streams.cli.subscribe import subscribe

signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background have it ignored
typer.run(subscribe)
"""


async def test_subscribe_prints_one_record_per_line(live: Settings) -> None:
    articles = [enriched_article(url=f"https://news.test/{n}") for n in range(3)]
    await send(live, EUROPE, *articles, key=b"k")

    result = await run_command(
        subscribe, "europe", "--from", "beginning", "-n", 3, "--json", live=live
    )

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert [decode(line.encode(), EnrichedArticle) for line in lines] == articles


async def test_subscribe_shows_records_as_text(live: Settings) -> None:
    article = enriched_article(
        title="Bridge [bold]reopens",
        entities=(entity("Russia"),),
        receipts=(
            Receipt(stage="route", decision="routed", rule="europe", evidence="entity Russia"),
            Receipt(stage="route", decision="routed", rule="elsewhere"),
        ),
    )
    await send(live, EUROPE, article, duplicate_article(title="A copy"), key=b"k")

    result = await run_command(subscribe, "europe", "--from", "beginning", "-n", 2, live=live)

    output = result.stdout
    assert "Bridge [bold]reopens" in output
    assert "News Test · 2026-03-02 08:15 UTC · en" in output
    assert "Russia" in output
    assert "why: europe (entity Russia)\n" in output
    assert f"copy of {duplicate_article().duplicate_of} (93%)" in output


async def test_subscribe_from_relative_time(live: Settings) -> None:
    for day in (1, 9, 10):
        published = PublicationTime(time=datetime(2026, 2, day, tzinfo=UTC))
        await send(live, EUROPE, enriched_article(title=f"{day}", published=published), key=b"k")

    result = await run_command(subscribe, "europe", "--from", "2d", "-n", 2, "--json", live=live)

    assert [orjson.loads(line)["title"] for line in result.stdout.splitlines()] == ["9", "10"]


async def test_subscribe_shows_any_topic(live: Settings) -> None:
    await send(live, RAW, raw_article(title="Rain"))

    result = await run_command(subscribe, RAW.name, "--from", "beginning", "-n", 1, live=live)

    assert "Rain" in result.stdout


async def test_subscribe_commits_offsets_of_group(live: Settings) -> None:
    articles = [enriched_article(title=f"{n}") for n in range(2)]
    await send(live, EUROPE, *articles, key=b"k")
    words = ("europe", "--from", "beginning", "-n", 1, "--json", "--group", "me")

    first = await run_command(subscribe, *words, live=live)
    second = await run_command(subscribe, *words, live=live)

    assert [orjson.loads(each.stdout)["title"] for each in (first, second)] == ["0", "1"]


async def test_subscribe_ends_quietly_on_ctrl_c(live: Settings) -> None:
    environment = os.environ | {"NEWS_BROKER": live.broker, "NEWS_TOPIC_PREFIX": live.topic_prefix}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SUBSCRIBE, "europe"),
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(timedelta(seconds=30).total_seconds()):
        line = await process.stderr.readline()

    process.send_signal(signal.SIGINT)
    _, rest = await process.communicate()

    assert (process.returncode, line[:20], rest) == (130, b"subscribed to europe", b"stopped\n")


@pytest.mark.parametrize("words", [("nowhere",), ("europe", "--from", "yesterday")])
async def test_subscribe_reports_invalid_arguments(live: Settings, words: tuple[str, ...]) -> None:
    result = await run_command(subscribe, *words, live=live)

    assert isinstance(result.exception, UsageError)


async def test_subscribe_until_end_prints_history_in_order_of_sending(live: Settings) -> None:
    for number in range(12):
        article = enriched_article(title=f"{number}")
        await send(live, EUROPE, article, key=f"{number}".encode())

    result = await run_command(subscribe, "europe", "--until-end", "--json", live=live)

    titles = [orjson.loads(line)["title"] for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert titles == [f"{number}" for number in range(12)]


async def test_subscribe_until_end_of_empty_topic_ends(live: Settings) -> None:
    result = await run_command(subscribe, "europe", "--until-end", live=live)

    assert (result.exit_code, result.stdout) == (0, "")


async def test_subscribe_until_end_continues_where_group_stopped(live: Settings) -> None:
    words = ("europe", "--until-end", "--json", "--group", "me")
    await send(live, EUROPE, enriched_article(title="0"), key=b"a")
    first = await run_command(subscribe, *words, live=live)
    await send(live, EUROPE, enriched_article(title="1"), key=b"b")
    second = await run_command(subscribe, *words, live=live)

    assert [orjson.loads(each.stdout)["title"] for each in (first, second)] == ["0", "1"]
