from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from streams.sources.feeds.polling.sharding import shard_of


@given(urls(), st.integers(1, 64))
def test_shard_of_is_in_range(url: str, n_shards: int) -> None:
    shard = shard_of(url, n_shards)

    assert 0 <= shard < n_shards
    assert shard_of(url, n_shards) == shard


def test_shard_of_is_same_for_site() -> None:
    urls_ = ("https://news.co.uk/rss", "http://www.news.co.uk/sport", "https://feeds.news.co.uk/a")

    assert len({shard_of(url, 64) for url in urls_}) == 1


def test_shard_of_spreads_sites_evenly() -> None:
    counts = Counter(shard_of(f"https://site-{number}.test/rss", 8) for number in range(4000))

    assert all(400 < counts[shard] < 600 for shard in range(8))
