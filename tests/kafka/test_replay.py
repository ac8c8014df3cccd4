"""``streams replay`` against a live Kafka: acknowledged, counted, refused with the reason."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from streams.cli.replay import replay
from streams.errors import UsageError
from streams.records import REPLAY_HEADER, DeadLetter, RawArticle, article_id, decode
from streams.records.topics import DEAD_LETTER, RAW
from streams.settings import Settings
from tests.support.builders import raw_article
from tests.support.commands import run_command
from tests.support.live import messages_on, send
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, DEAD_LETTER)

REPLAY = "import typer; from streams.cli.replay import replay; typer.run(replay)"


async def articles(live: Settings) -> list[RawArticle]:
    return [decode(message.value, RawArticle) for message in await messages_on(live, RAW)]


async def letters(live: Settings) -> list[DeadLetter]:
    return [decode(message.value, DeadLetter) for message in await messages_on(live, DEAD_LETTER)]


def wire_file(path: Path, *seconds: int) -> Path:
    """Write a file of articles published some seconds after noon."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    lines = [
        orjson.dumps({"id": f"w{n}", "title": f"{n}", "published": noon + timedelta(seconds=each)})
        for n, each in enumerate(seconds)
    ]
    path.write_bytes(b"\n".join(lines))
    return path


async def test_replay_sends_seeds_under_their_ids(live: Settings, seeds: Path) -> None:
    result = await run_command(replay, seeds, live=live)

    assert (result.exit_code, result.stderr.split(";")[0].split(", ")[:2]) == (
        0,
        ["2 sent", "0 refused"],
    )
    messages = await messages_on(live, RAW)
    hint = result.stderr.strip().splitlines()[-1]
    assert hint.startswith("trace the last article: `streams why ")
    assert hint.rstrip("`").split()[-1] in {message.key.decode() for message in messages}
    assert [message.key.decode() for message in messages] == [
        decode(message.value, RawArticle).id for message in messages
    ]
    assert article_id(
        url="https://news.webindia123.com/news/Articles/World/20220119/3895548.html"
    ) in {article.id for article in await articles(live)}


async def test_replay_loops(live: Settings, tmp_path: Path) -> None:
    path = wire_file(tmp_path / "wire.jsonl", 0, 1)

    result = await run_command(replay, path, "--loop", 3, "--source", "x", "--json", live=live)

    assert orjson.loads(result.stdout)["sent"] == 6
    assert sorted((article.title, article.source) for article in await articles(live)) == sorted(
        [("0", "x"), ("1", "x")] * 3
    )


async def test_replay_sends_rejections_as_dead_letters(live: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"title": "One"}\n{\n{"title": 7}\n')
    with (tmp_path / "b.html").open("wb") as stream:
        stream.writelines([bytes(1_000_000)] * 30)
    (tmp_path / "c.txt").write_bytes(b"A neighbor.")

    result = await run_command(replay, tmp_path, "--json", live=live)

    summary = orjson.loads(result.stdout)
    assert result.exit_code == 1
    assert (summary["sent"], summary["reasons"]) == (
        2,
        {"not_json": 1, "not_this_record": 1, "too_large": 1},
    )
    assert sorted((letter.stage, letter.reason) for letter in await letters(live)) == [
        ("sources", "not_json"),
        ("sources", "not_this_record"),
        ("sources", "too_large"),
    ]


async def test_replay_scales_publication_gaps(live: Settings, tmp_path: Path) -> None:
    path = wire_file(tmp_path / "wire.jsonl", 0, 600, 1200)

    result = await run_command(replay, path, "--speed", "1000", live=live)

    sent = [message.timestamp / 1000 for message in await messages_on(live, RAW)]
    assert result.exit_code == 0
    assert [round(after - before, 1) for before, after in pairwise(sent)] == [
        pytest.approx(0.6, abs=0.2),
        pytest.approx(0.6, abs=0.2),
    ]


async def test_replay_reports_counts_on_ctrl_c(live: Settings, tmp_path: Path) -> None:
    path = wire_file(tmp_path / "wire.jsonl", 0, 3600)
    environment = os.environ | {"NEWS_BROKER": live.broker, "NEWS_TOPIC_PREFIX": live.topic_prefix}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", REPLAY, str(path), "--speed", "1"),
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    await eventually(lambda: messages_on(live, RAW), within=timedelta(seconds=30))

    process.send_signal(signal.SIGINT)
    _, stderr = await process.communicate()

    assert process.returncode == 130
    assert b"stopped: 1 sent" in stderr


async def test_replay_of_topic_names_origins(live: Settings) -> None:
    first = raw_article(url="https://news.test/1", published="2026-03-01")
    second = raw_article(url="https://news.test/2", published="2026-02-01")
    origins = await send(live, RAW, first, second)
    await send(live, RAW, b"{", key=b"k")

    result = await run_command(replay, "--topic", RAW.name, "--from", "7d", "--json", live=live)

    assert orjson.loads(result.stdout)["sent"] == 1
    assert orjson.loads(result.stdout)["unreadable"] == 1
    copy = (await messages_on(live, RAW))[-1]
    assert decode(copy.value, RawArticle).replayed_from == origins[0]
    assert dict(copy.headers) == {REPLAY_HEADER: origins[0].encode()}
    assert copy.key == first.id.encode()


async def test_replay_of_topic_selects_by_event_time(live: Settings) -> None:
    days = ["2026-02-01", "2026-02-10", "2026-02-20"]
    await send(
        live, RAW, *(raw_article(url=f"https://news.test/{day}", published=day) for day in days)
    )

    await run_command(
        replay, "--topic", RAW.name, "--from", days[1], "--to", "2026-02-20", live=live
    )

    assert [article.published for article in await articles(live) if article.replayed_from] == [
        days[1]
    ]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("seeds", "--topic", RAW.name),
        ("--topic", "articles.clean.v1"),
        ("no-such-file.jsonl",),
        ("seeds", "--speed", "fast"),
        ("seeds", "--speed", "0"),
        ("seeds", "--from", "7d"),
        ("--topic", RAW.name, "--from", "yesterday"),
    ],
)
async def test_replay_refuses_invalid_options(live: Settings, words: tuple[str, ...]) -> None:
    result = await run_command(replay, *words, live=live)

    assert isinstance(result.exception, UsageError)
