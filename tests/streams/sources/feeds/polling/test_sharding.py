from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from streams.sources.feeds.polling.sharding import shard_of


@given(urls(), st.integers(1, 64))
def test_every_feed_has_one_share(url: str, n_shares: int) -> None:
    share = shard_of(url, n_shares)

    assert 0 <= share < n_shares
    assert shard_of(url, n_shares) == share


def test_the_feeds_of_a_site_stay_together() -> None:
    urls_ = ("https://news.co.uk/rss", "http://www.news.co.uk/sport", "https://feeds.news.co.uk/a")

    assert len({shard_of(url, 64) for url in urls_}) == 1


def test_sites_are_spread_evenly() -> None:
    counts = Counter(shard_of(f"https://site-{number}.test/rss", 8) for number in range(4000))

    assert all(400 < counts[share] < 600 for share in range(8))
