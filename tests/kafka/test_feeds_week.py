"""Feeds over days of simulated time: a real server, a real Kafka, a poller that is killed."""

from pathlib import Path

import pytest

from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.settings import Settings
from streams.sources.feeds.polling.delivery import SAVE_EVERY
from tests.support.feeds_twice import PAGES, measure
from tests.support.feeds_week import week
from tests.support.feeds_world import CRAWL_DELAY

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, FEEDS, DEAD_LETTER)

LEAST_DELAY = 1
MAX_CONCURRENT = 2
"""Requests to one host at a time, the default of `streams.fetch.politeness.HostLimiter`."""


async def test_killed_poller_misses_no_article_and_respects_hosts(
    live: Settings, tmp_path: Path
) -> None:
    report = await week(live, n_feeds=21, days=0.5, kill=True, folder=tmp_path)

    assert report["published"] > 50
    assert report["missed"] == 0
    assert report["sent_again"] <= 2 * SAVE_EVERY  # of the feeds being polled
    assert report["pages_again"] <= 1  # the page being fetched
    assert report["closest"]["usual"] >= LEAST_DELAY - 1e-6
    assert report["closest"]["crawl-delay"] >= CRAWL_DELAY - 1e-6
    assert report["most_at_a_time"] <= MAX_CONCURRENT
    assert report["latency_p50_minutes"] < 60
    # After the restart, not all feeds are polled at once.
    assert report["feed_requests_in_the_hour_after"] < 3 * report["most_feed_requests_in_an_hour"]


@pytest.mark.chaos
async def test_second_run_of_pipeline_fetches_no_page(live: Settings, tmp_path: Path) -> None:
    if not PAGES.is_dir():
        pytest.skip("needs ../shared")
    settings = live.model_copy(update={"data": tmp_path / "data"})
    first, second = await measure(settings, tmp_path, limit=12)

    assert first["requests"]["page"] == first["pages"] == first["articles"]
    assert set(second["requests"]) == {"feed"}
    assert second["ends"] == first["ends"]
    assert second["records"] == first["records"]
