import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from streams.cli.feeds_run import added
from streams.cli.sources_run import report, some_feeds, versions
from streams.config.feeds import PollBounds
from streams.errors import UsageError
from streams.fetch.failure import Failure
from streams.records import FeedState
from streams.sources.feeds.polling.stats import PollRecord
from streams.sources.feeds.schedule import PollResult, after_poll
from tests.support.waiting import eventually

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_report_tells_when_a_feed_breaks_and_when_it_is_back_but_not_each_time() -> None:
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
            report(PollRecord(before=state, after=after, answer=answer, seconds=1))
            state = after

    assert [(log["event"], log["log_level"]) for log in logs] == [
        ("poll failed", "info"),
        ("poll failed", "info"),
        ("feed in trouble", "warning"),
        ("feed is back", "info"),
    ]
    assert logs[2]["health"] == "broken"
    assert logs[2]["since"] == NOW.isoformat()


async def test_versions_gives_the_feeds_again_when_they_have_changed(tmp_path: Path) -> None:
    file, stop = tmp_path / "feeds.toml", asyncio.Event()
    added(file, ["https://a.test/rss"])
    counts = []
    async for feeds, end in versions(file, some_feeds(file), stop):
        counts.append(len(feeds.feed))
        if len(counts) == 1:
            added(file, ["https://b.test/rss"])
        else:
            stop.set()
        await asyncio.wait_for(end.wait(), 30)

    assert counts == [1, 2]


async def test_what_cannot_be_used_is_logged_and_changes_nothing(tmp_path: Path) -> None:
    file, stop = tmp_path / "feeds.toml", asyncio.Event()
    added(file, ["https://a.test/rss"])
    known = some_feeds(file)
    file.write_text("[[feed]]")
    with capture_logs() as logs:
        async for feeds, end in versions(file, known, stop):
            assert feeds == known
            await eventually(lambda: logs)
            assert not end.is_set()
            stop.set()

    assert [log["event"] for log in logs] == ["feeds not taken over; the former ones are polled"]


def test_a_file_without_feeds_says_how_to_add_one(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text('contact = ""')

    with pytest.raises(UsageError, match="streams feeds add"):
        some_feeds(file)
