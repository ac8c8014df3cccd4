"""``streams sources import`` against a live Kafka: each article is sent once."""

import asyncio
import gzip
import os
import signal
import sys
from pathlib import Path

import orjson
import pytest

from streams.cli import sources
from streams.errors import UsageError
from streams.kafka.sender import MAX_IN_FLIGHT
from streams.kafka.table import follow_table
from streams.records import DeadLetter, RawArticle, decode
from streams.records.topics import DEAD_LETTER, IMPORTS, RAW
from streams.settings import Settings
from streams.sources.imports.journal import SAVE_EVERY
from streams.sources.imports.position import read_positions
from tests.support.commands import run_command
from tests.support.live import messages_on
from tests.support.warcs import Capture, pages, write_warc

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, IMPORTS, DEAD_LETTER)


async def run_import(live: Settings, *words: object, code: int = 0) -> dict[str, object]:
    """Run an import and return its summary."""
    result = await run_command(sources.app, "import", *words, "--json", live=live)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert result.exit_code == code, result.output
    done: dict[str, object] = orjson.loads(result.stdout)
    return done


async def urls(live: Settings) -> list[str]:
    messages = await messages_on(live, RAW)
    return sorted(decode(message.value or b"", RawArticle).url for message in messages)


async def letters(live: Settings) -> list[DeadLetter]:
    return [
        decode(message.value or b"", DeadLetter) for message in await messages_on(live, DEAD_LETTER)
    ]


async def test_second_import_sends_nothing_without_again(live: Settings, tmp_path: Path) -> None:
    write_warc(tmp_path / "a.warc.gz", [*pages(1, 2), Capture(kind="revisit", body=b"")])
    (tmp_path / "b.jsonl").write_bytes(b'{"title": "One", "url": "https://news.test/b"}\n{\n')
    (tmp_path / "c.html").write_bytes(b'<link rel=canonical href="https://news.test/c/rain-2026">')

    first = await run_import(live, tmp_path, code=1)
    second = await run_import(live, tmp_path)
    sent = await urls(live)
    again = await run_import(live, tmp_path, "--again", code=1)

    assert (first["sent"], first["reasons"], first["passed_over"]) == (
        4,
        {"not_json": 1},
        {"revisit": 1},
    )
    assert (second["sent"], second["refused"], second["files_known"]) == (0, 0, 3)
    assert len(sent) == len(set(sent)) == 4
    assert again["sent"] == 4
    assert {state.done for state in (await read_positions(live)).values()} == {True}


async def test_import_resumes_grown_file(live: Settings, tmp_path: Path) -> None:
    warc, lines = tmp_path / "a.warc.gz", tmp_path / "b.jsonl"
    write_warc(warc, pages(1))
    lines.write_bytes(b'{"title": "One", "url": "https://news.test/b1"}\n{"title": "Tw')
    await run_import(live, tmp_path, code=1)
    write_warc(warc, pages(2), append=True)
    with lines.open("ab") as stream:
        stream.write(b'o", "url": "https://news.test/b2"}\n')

    done = await run_import(live, tmp_path)

    assert done["sent"] == 2
    assert [url.rpartition("/")[2] for url in await urls(live)] == [
        "rain-in-oslo-1",
        "rain-in-oslo-2",
        "b1",
        "b2",
    ]


async def test_import_reads_changed_file_from_start(live: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<p>Rain.")
    await run_import(live, path)
    path.write_bytes(b"<p>Snow.")

    assert (await run_import(live, path))["sent"] == 1


async def test_import_reports_truncated_archive(live: Settings, tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc.gz", pages(*range(9)))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    first = await run_import(live, path, code=1)
    second = await run_import(live, path)
    path.write_bytes(data)
    third = await run_import(live, path)

    [letter] = await letters(live)
    assert (letter.reason, str(path) in letter.detail) == ("unreadable_body", True)
    assert second["sent"] == second["refused"] == 0
    assert int(str(first["sent"])) + int(str(third["sent"])) == 9


@pytest.mark.parametrize("name", ["none.warc", "notes.pdf", "empty"])
async def test_import_refuses_unreadable_path(live: Settings, name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    (tmp_path / "empty").mkdir()

    result = await run_command(sources.app, "import", tmp_path / name, live=live)

    assert isinstance(result.exception, UsageError)
    assert name in str(result.exception)


async def test_killed_import_loses_nothing_and_repeats_little(
    live: Settings, tmp_path: Path
) -> None:
    n_pages = 6_000
    path = write_warc(tmp_path / "a.warc.gz", pages(*range(n_pages)))
    environment = {"NEWS_BROKER": live.broker, "NEWS_TOPIC_PREFIX": live.topic_prefix}
    # Follow from before the start: the import takes only a few seconds.
    positions = follow_table(live, IMPORTS.name, caught_up=lambda: None)
    first_position = asyncio.ensure_future(anext(positions))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams.cli.main", "sources", "import", str(path)),
        env=os.environ | environment,
        stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.wait_for(first_position, 60)
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()
    await positions.aclose()
    n_before = len(await urls(live))

    await run_import(live, path)

    sent = await urls(live)
    assert 0 < n_before < n_pages
    assert len(set(sent)) == n_pages
    assert len(sent) - n_pages <= MAX_IN_FLIGHT + SAVE_EVERY


async def test_import_summary_lists_skipped_records(live: Settings, tmp_path: Path) -> None:
    image = Capture(http={"Content-Type": "image/png"})
    write_warc(tmp_path / "a.warc.gz", [*pages(1), image])
    (tmp_path / "bad.html.gz").write_bytes(gzip.compress(b"<p>Rain.", mtime=0)[:-9])

    result = await run_command(sources.app, "import", tmp_path, live=live)

    words = " ".join(result.stdout.split())
    assert result.exit_code == 1
    assert "1 articles sent to articles.raw.v1" in words
    assert "1 refused unreadable_body" in words
    assert "1 skipped not a page" in words
