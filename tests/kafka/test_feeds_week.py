"""Feeds over days of simulated time: a real server, a real Kafka, a poller that is killed."""

from pathlib import Path

import pytest

from streams.records.topics import DEAD_LETTER, FEEDS, RAW
from streams.settings import Settings
from streams.sources.feeds.polling.delivery import KEPT_EVERY
from tests.support.feeds_twice import PAGES, measure
from tests.support.feeds_week import week
from tests.support.feeds_world import CRAWL_DELAY

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (RAW, FEEDS, DEAD_LETTER)

LEAST_DELAY = 1
AT_A_TIME = 2
"""What `fetch_pace.Hosts` allows of one host."""


async def test_no_article_is_missed_and_no_host_pressed_though_the_poller_is_killed(
    live: Settings, tmp_path: Path
) -> None:
    found = await week(live, n_feeds=21, days=0.5, kill=True, folder=tmp_path)

    assert found["published"] > 50
    assert found["missed"] == 0
    assert found["sent_again"] <= 2 * KEPT_EVERY  # of the feeds under way
    assert found["pages_again"] <= 1  # one that was under way
    assert found["closest"]["usual"] >= LEAST_DELAY - 1e-6
    assert found["closest"]["crawl-delay"] >= CRAWL_DELAY - 1e-6
    assert found["most_at_a_time"] <= AT_A_TIME
    assert found["latency_p50_minutes"] < 60
    # A storm would ask every feed at once.
    assert found["feed_requests_in_the_hour_after"] < 3 * found["most_feed_requests_in_an_hour"]


@pytest.mark.chaos
async def test_a_second_run_of_the_whole_pipeline_fetches_no_page(
    live: Settings, tmp_path: Path
) -> None:
    if not PAGES.is_dir():
        pytest.skip("needs ../shared, which is not here")
    settings = live.model_copy(update={"data": tmp_path / "data"})
    first, second = await measure(settings, tmp_path, limit=12)

    assert first["requests"]["page"] == first["pages"] == first["articles"]
    assert set(second["requests"]) == {"feed"}
    assert second["ends"] == first["ends"]
    assert second["records"] == first["records"]
