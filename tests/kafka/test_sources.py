"""``streams sources run`` against a live Kafka and a site on loopback."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import aiohttp
import orjson
import pytest

from streams.cli import feeds
from streams.records import FeedState, RawArticle, decode
from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.sources.feeds.polling.delivery import SAVE_EVERY
from streams.sources.feeds.state import read_states
from tests.support.commands import run_command
from tests.support.live import messages_on, send
from tests.support.waiting import eventually
from tests.support.web import Web, http, web

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, FEEDS, DEAD_LETTER)

PAGE = b"<html><body><article><p>It rained all day in Oslo.</p></article></body></html>"
ITEM = "<item><title>Rain {0}</title><link>{1}/{0}</link></item>"


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A site with a feed of three entries."""
    async with web() as place:
        place.replies["/rss"] = http(body(place, 1, 2, 3), etag='"1"')
        place.replies |= {f"/{number}": http(PAGE) for number in range(1, 5)}
        yield place


def body(site: Web, *numbers: int) -> bytes:
    """Return a feed with an entry for each number."""
    items = "".join(ITEM.format(number, site.base) for number in numbers)
    return f"<rss><channel><title>Courier</title>{items}</channel></rss>".encode()


def feed_file(folder: Path, *urls: str, hosts: Sequence[str] = ("127.0.0.1",)) -> Path:
    """Write a file of feeds on loopback."""
    path = folder / "feeds.toml"
    blocks = "".join(f'\n[[feed]]\nurl = "{url}"\nid = "f{n}"\n' for n, url in enumerate(urls))
    path.write_text(f'contact = "x"\nallow_private_hosts = {list(hosts)}\n{blocks}')
    return path


async def titles(live: Settings) -> list[str]:
    messages = await messages_on(live, RAW)
    return sorted(decode(message.value or b"", RawArticle).title for message in messages)


def start_run(live: Settings, path: Path, *words: str) -> Awaitable[asyncio.subprocess.Process]:
    """Start a process that polls."""
    environment = {
        "NEWS_BROKER": live.broker,
        "NEWS_TOPIC_PREFIX": live.topic_prefix,
        "NEWS_SESSION_SECONDS": "6",
        "NEWS_DIE_WITH_PARENT": str(os.getpid()),
    }
    return asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams.cli.main", "sources", "run", "--feeds", str(path)),
        *words,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def run_once(live: Settings, path: Path) -> dict[str, int]:
    """Poll all due feeds once and return the summary."""
    process = await start_run(live, path, "--once", "--json")
    stdout, _ = await process.communicate()
    assert process.returncode == 0
    done: dict[str, int] = orjson.loads(stdout)
    return done


async def make_due(live: Settings) -> None:
    """Make every feed due."""
    for state in (await read_states(live)).values():
        fields = {name: getattr(state, name) for name in state.__struct_fields__}
        await send(live, FEEDS, FeedState(**fields | {"next_poll": None}))


async def test_run_sends_new_articles_and_fetches_pages_once(
    live: Settings, site: Web, tmp_path: Path
) -> None:
    path = feed_file(tmp_path, site.base + "/rss")

    first = await run_once(live, path)
    at_once = await run_once(live, path)
    await make_due(live)
    site.requests.clear()
    site.replies["/rss"] = http(body(site, 1, 2, 3, 4))
    second = await run_once(live, path)

    assert (first["polls"], first["sent"]) == (1, 3)
    assert at_once["polls"] == 0  # the time of its next poll survived the restart
    assert (second["polls"], second["sent"]) == (1, 1)
    assert [p for p in site.paths if p != "/robots.txt"] == ["/rss", "/4"]
    assert await titles(live) == ["Rain 1", "Rain 2", "Rain 3", "Rain 4"]


async def test_broken_feed_does_not_stop_others(live: Settings, site: Web, tmp_path: Path) -> None:
    path = feed_file(tmp_path, site.base + "/gone", site.base + "/rss")
    site.replies["/gone"] = http(status="410 Gone")

    done = await run_once(live, path)
    shown = await run_command(feeds.app, "status", "--feeds", path, "--json", live=live)
    table = await run_command(feeds.app, "status", "--feeds", path, live=live)

    rows = [orjson.loads(line) for line in shown.stdout.splitlines()]
    assert (done["polls"], done["failed"], done["sent"]) == (2, 1, 3)
    assert [(row["id"], row["health"], row["articles"]) for row in rows] == [
        ("f0", "retired", 0),
        ("f1", "ok", 3),
    ]
    assert "retired" in table.stdout


async def test_same_article_in_two_feeds_is_sent_once(
    live: Settings, site: Web, tmp_path: Path
) -> None:
    path = feed_file(tmp_path, site.base + "/rss")
    await run_once(live, path)
    site.replies["/other"] = http(body(site, 3, 4))

    done = await run_once(live, feed_file(tmp_path, site.base + "/rss", site.base + "/other"))

    assert done["sent"] == 1
    assert await titles(live) == ["Rain 1", "Rain 2", "Rain 3", "Rain 4"]


async def test_killed_run_resumes_within_feed(live: Settings, site: Web, tmp_path: Path) -> None:
    path = feed_file(tmp_path, site.base + "/rss")
    site.replies["/rss"] = http(body(site, *range(12, 0, -1)))
    site.replies |= {f"/{number}": http(PAGE) for number in range(1, 13)}
    process = await start_run(live, path)
    try:
        await eventually(lambda: "/7" in site.paths, within=timedelta(seconds=60))
    finally:
        process.kill()
        await process.wait()
    before = [p for p in site.paths if p not in {"/rss", "/robots.txt"}]
    site.requests.clear()

    await run_once(live, path)

    again = [p for p in site.paths if p not in {"/rss", "/robots.txt"}]
    assert len(set(before) & set(again)) <= SAVE_EVERY
    assert sorted(set(await titles(live))) == sorted(f"Rain {number}" for number in range(1, 13))


async def test_stopped_run_ends_soon_and_fetches_no_page_twice(
    live: Settings, site: Web, tmp_path: Path
) -> None:
    path = feed_file(tmp_path, site.base + "/rss")
    site.replies["/rss"] = http(body(site, *range(60, 0, -1)))
    site.replies |= {f"/{number}": http(PAGE) for number in range(1, 61)}
    process = await start_run(live, path, "--json")
    await eventually(lambda: "/4" in site.paths, within=timedelta(seconds=60))
    stop_time = time.monotonic()
    process.send_signal(signal.SIGTERM)
    stdout, _ = await process.communicate()
    seconds = time.monotonic() - stop_time
    before = {p for p in site.paths if p not in {"/rss", "/robots.txt"}}
    site.requests.clear()

    process = await start_run(live, path)
    await eventually(lambda: len(site.paths) > 2, within=timedelta(seconds=60))
    process.send_signal(signal.SIGTERM)
    await process.communicate()

    again = before & set(site.paths)
    assert seconds < 6  # some two on a quiet machine
    assert process.returncode == 0
    assert orjson.loads(stdout)["sent"] >= 3
    assert len(again) <= 1  # the page being fetched


async def test_run_polls_feed_added_to_file(live: Settings, site: Web, tmp_path: Path) -> None:
    path = feed_file(tmp_path, site.base + "/rss")
    site.replies["/other"] = http(body(site, 4))
    process = await start_run(live, path)
    try:
        await eventually(lambda: "/3" in site.paths, within=timedelta(seconds=60))
        path.write_text("[[feed]]")
        feed_file(tmp_path, site.base + "/rss", site.base + "/other")
        await eventually(lambda: "/4" in site.paths, within=timedelta(seconds=60))
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()

    assert process.returncode == 0
    assert site.paths.count("/rss") == 1


async def test_feeds_poll_marks_new_entries_and_sends_them_on_request(
    live: Settings, site: Web, tmp_path: Path
) -> None:
    path = feed_file(tmp_path, site.base + "/rss")
    await run_once(live, path)
    site.replies["/rss"] = http(body(site, 1, 2, 3, 4))
    words = ("poll", "f0", "--feeds", path, "--json")

    preview = orjson.loads((await run_command(feeds.app, *words, live=live)).stdout)
    between = await titles(live)
    sent = orjson.loads((await run_command(feeds.app, *words, "--send", live=live)).stdout)
    again = orjson.loads((await run_command(feeds.app, *words, "--send", live=live)).stdout)

    assert (preview["new"], [entry["new"] for entry in preview["entries"]]) == (
        1,
        [False, False, False, True],
    )
    assert len(between) == 3
    assert (sent["sent"], sent["articles"][0]["title"], again["sent"]) == (1, "Rain 4", 0)
    assert await titles(live) == ["Rain 1", "Rain 2", "Rain 3", "Rain 4"]


async def test_paused_feed_is_not_polled_and_shown_as_paused(
    live: Settings, site: Web, tmp_path: Path
) -> None:
    path = feed_file(tmp_path, site.base + "/rss")
    await run_command(feeds.app, "pause", "f0", "--feeds", path, live=live)

    paused = await run_once(live, path)
    rows = await run_command(feeds.app, "status", "--feeds", path, "--json", live=live)
    table = await run_command(feeds.app, "status", "--feeds", path, live=live)
    await run_command(feeds.app, "resume", "f0", "--feeds", path, live=live)
    resumed = await run_once(live, path)

    row = orjson.loads(rows.stdout)
    assert (paused["polls"], row["paused"], row["next_poll"]) == (0, True, None)
    assert "1 feed: 1 paused" in table.stdout
    assert (resumed["polls"], resumed["sent"]) == (1, 3)


async def test_removed_last_feed_is_not_polled_any_more(
    live: Settings, site: Web, tmp_path: Path
) -> None:
    path, port = feed_file(tmp_path, site.base + "/rss"), free_port()
    process = await start_run(live, path, "--http-port", str(port))

    async def n_feeds(expected: int) -> bool:
        url = f"http://127.0.0.1:{port}/health"
        with suppress(aiohttp.ClientError):
            async with aiohttp.ClientSession() as session, session.get(url) as response:
                health = await response.json(content_type=None)
                return bool(health["feeds"] == expected)
        return False

    try:
        await eventually(lambda: n_feeds(1), within=timedelta(seconds=60))
        await run_command(feeds.app, "remove", "f0", "--feeds", path, live=live)
        await eventually(lambda: n_feeds(0), within=timedelta(seconds=60))
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()

    assert process.returncode == 0
