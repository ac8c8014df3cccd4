import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from streams.cli.sources.run import load_feeds_to_poll, log_poll, versions
from streams.config.feeds import FeedFile, PollBounds
from streams.config.feeds_file import add_feeds
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.fetch.failure import Failure
from streams.records import FeedState
from streams.sources.feeds.polling.stats import PollRecord
from streams.sources.feeds.schedule import PollResult, after_poll
from tests.support.waiting import eventually

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_log_poll_logs_failure_and_recovery_once() -> None:
    state = FeedState(id="a", url="https://news.test/rss")
    answers = [
        PollResult(),
        *[PollResult(failure=Failure.SOFT, error="HTTP 500")] * 4,
        PollResult(),
        PollResult(),
    ]
    with capture_logs() as logs:
        for number, answer in enumerate(answers):
            now = NOW + number * timedelta(hours=1)
            after = after_poll(state, answer, now=now, bounds=PollBounds(), chance=0)
            log_poll(PollRecord(before=state, after=after, result=answer, seconds=1))
            state = after

    assert [(log["event"], log["log_level"]) for log in logs] == [
        ("poll failed", "info"),
        ("poll failed", "info"),
        ("feed failing", "warning"),
        ("feed recovered", "info"),
    ]
    assert logs[2]["health"] == "broken"
    assert logs[2]["since"] == NOW.isoformat()


def watched(file: Path) -> WatchedFile[FeedFile]:
    return WatchedFile(file, lambda: load_feeds_to_poll(file))


async def test_versions_yields_changed_feeds(tmp_path: Path) -> None:
    file, stop = tmp_path / "feeds.toml", asyncio.Event()
    add_feeds(file, ["https://a.test/rss"])
    counts = []
    async for feeds, end in versions(watched(file), stop):
        counts.append(len(feeds.feed))
        if len(counts) == 1:
            add_feeds(file, ["https://b.test/rss"])
        else:
            stop.set()
        await asyncio.wait_for(end.wait(), 30)

    assert counts == [1, 2]


async def test_versions_keep_feeds_if_file_is_invalid(tmp_path: Path) -> None:
    file, stop = tmp_path / "feeds.toml", asyncio.Event()
    add_feeds(file, ["https://a.test/rss"])
    feeds_file = watched(file)
    known = feeds_file.value
    file.write_text("[[feed]]")
    with capture_logs() as logs:
        async for feeds, end in versions(feeds_file, stop):
            assert feeds == known
            await eventually(lambda: logs)
            assert not end.is_set()
            stop.set()

    assert [log["event"] for log in logs] == ["configuration not reloaded"]


def test_file_without_feeds_suggests_remedy(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text('contact = ""')

    with pytest.raises(UsageError, match="streams feeds add"):
        load_feeds_to_poll(file)
