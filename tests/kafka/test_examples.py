"""Each example package works in the commands that need Kafka."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from streams.records import (
    DeadLetter,
    EnrichedArticle,
    RawArticle,
    decode,
    encode,
)
from streams.records.topics import (
    ALERTS,
    DEAD_LETTER,
    ENRICHED,
    IMPORTS,
    RAW,
    SUBSCRIPTIONS,
    UNIQUE,
)
from streams.settings import Settings
from streams.supervisor.supervisor import STREAMS
from tests.support.builders import unique_article
from tests.support.deliver import alert
from tests.support.example_packages import EXAMPLES, environment_with, example_packages
from tests.support.live import messages_on, send
from tests.support.waiting import eventually

__all__ = ["example_packages"]

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

LIVE_TOPICS = (RAW, UNIQUE, ENRICHED, DEAD_LETTER, IMPORTS, ALERTS, SUBSCRIPTIONS)
WITHIN = timedelta(seconds=90)


@asynccontextmanager
async def running(
    *words: str, environment: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a command until the context ends."""
    process = await asyncio.create_subprocess_exec(
        *STREAMS,
        *words,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def output_of(*words: str, environment: dict[str, str]) -> tuple[int | None, str, str]:
    """Run a command and return its exit code, stdout and stderr."""
    async with running(*words, environment=environment) as process:
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def environment_of(live: Settings, packages: Path, folder: Path, **more: object) -> dict[str, str]:
    """Return the environment of a command that uses this broker."""
    return environment_with(
        packages, broker=live.broker, topic_prefix=live.topic_prefix, data=folder, **more
    )


async def test_enricher_works_in_the_worker_of_tag(
    live: Settings, tmp_path: Path, example_packages: Path
) -> None:
    names = "reading_time:reading_time,tests.support.enrichers:hanging_on_order"
    more = {"enrichers": names, "stage_seconds": 2, "pool_processes": 1}
    environment = environment_of(live, example_packages, tmp_path, **more)
    hanging = unique_article(url="https://news.test/b", text="Now HANG.")
    await send(live, UNIQUE, unique_article(text="It rained. " * 250), hanging)

    async def both_ended() -> bool:
        ended = [*await messages_on(live, ENRICHED), *await messages_on(live, DEAD_LETTER)]
        return len(ended) == 2

    async with running("worker", "tag", environment=environment):
        await eventually(both_ended, within=WITHIN)

    [article] = await messages_on(live, ENRICHED)
    [letter] = await messages_on(live, DEAD_LETTER)
    assert decode(article.value, EnrichedArticle).extensions == {"reading_minutes": 2}
    dead = decode(letter.value, DeadLetter)
    assert (dead.reason, dead.detail) == (
        "timed_out",
        "enricher tests.support.enrichers:hanging_on_order: not done after 2 s",
    )
    assert dead.value == encode(hanging)


async def test_nitf_is_imported_and_replayed(
    live: Settings, tmp_path: Path, example_packages: Path
) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    sound = (EXAMPLES / "source_format_nitf" / "example.nitf").read_bytes()
    (folder / "a.nitf").write_bytes(sound)
    (folder / "b.nitf").write_bytes(sound[:-20])
    environment = environment_of(live, example_packages, tmp_path)

    first = await output_of("sources", "import", str(folder), "--json", environment=environment)
    again = await output_of("sources", "import", str(folder), "--json", environment=environment)
    replayed = await output_of("replay", str(folder / "a.nitf"), environment=environment)

    articles = [decode(each.value, RawArticle) for each in await messages_on(live, RAW)]
    [letter] = [decode(each.value, DeadLetter) for each in await messages_on(live, DEAD_LETTER)]
    assert (first[0], again[0], replayed[0]) == (1, 0, 0)
    assert [article.external_id for article in articles] == ["wire-2026-03-02-7"] * 2
    assert letter.detail.startswith(f"{folder}/b.nitf:1: XMLSyntaxError: ")


async def test_channel_writes_its_file(
    live: Settings, tmp_path: Path, example_packages: Path
) -> None:
    written = tmp_path / "alerts.jsonl"
    channels = tmp_path / "channels.toml"
    channels.write_text(f'[log]\nfile = "{written}"\nsync = true\n')
    environment = environment_of(live, example_packages, tmp_path, channels=channels)
    added = await output_of(
        "alerts", "add", "bridge", "--id", "bridges", "--channel", "log", environment=environment
    )
    preview = await output_of(
        "alerts", "preview", "bridges", "--channel", "log", environment=environment
    )

    async with running("deliver", environment=environment):
        await send(live, ALERTS, alert(1, "bridges"))
        await eventually(lambda: written.exists() and written.read_bytes(), within=WITHIN)

    [line] = [json.loads(line) for line in written.read_text().splitlines()]
    assert (added[0], preview[0]) == (0, 0)
    assert (line["search"], line["alerts"][0]["title"]) == ("bridges", "Bridge 1 reopens")
    assert "Bridge 1 reopens" in line["text"]
    assert len(await messages_on(live, SUBSCRIPTIONS)) == 1
