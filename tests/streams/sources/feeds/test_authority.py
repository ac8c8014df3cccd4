"""For which publishers a feed may speak."""

import pytest

from streams.config.feeds import FeedEntry
from streams.sources.feeds.authority import Authority


@pytest.mark.parametrize(
    ("feed", "link", "expected"),
    [
        ("https://news.test/rss", "https://news.test/a", True),
        ("https://feeds.news.test/rss", "https://www.news.test/a", True),
        ("https://news.co.uk/rss", "https://other.co.uk/a", False),
        ("https://evil.test/rss", "https://news.test/a", False),
        ("https://evil.test/news.test/rss", "https://news.test/a", False),
        ("https://news.test.evil.test/rss", "https://news.test/a", False),
        ("https://news.test@evil.test/rss", "https://news.test/a", False),
        ("https://eve.blogspot.com/rss", "https://ann.blogspot.com/a", False),
        ("https://eve.github.io/rss", "https://eve.github.io/a", True),
        ("https://a-com.cdn.ampproject.org/rss", "https://b-com.cdn.ampproject.org/b", True),
        ("http://127.0.0.1:81/rss", "http://127.0.0.2/a", False),
        ("https://news.test/rss", "", False),
        ("https://news.test/rss", "mailto:desk@news.test", False),
    ],
)
def test_feed_speaks_for_its_own_site(feed: str, link: str, *, expected: bool) -> None:
    assert Authority(FeedEntry(url=feed)).speaks_for(link) is expected


@pytest.mark.parametrize(
    ("trusted", "link", "expected"),
    [
        (("news.test",), "https://www.news.test/a", True),
        (("www.news.test",), "https://news.test/a", True),
        (("News.TEST",), "https://news.test/a", True),
        (("bücher.test",), "https://xn--bcher-kva.test/a", True),
        (("news.test",), "https://fakenews.test/a", False),
        (("news.test",), "https://news.test.evil.test/a", False),
        (("*",), "https://any.test/a", True),
    ],
)
def test_operator_may_trust_a_feed(trusted: tuple[str, ...], link: str, *, expected: bool) -> None:
    feed = FeedEntry(url="https://feeds.example/x", speaks_for=trusted)

    assert Authority(feed).speaks_for(link) is expected


def test_feed_speaks_for_the_site_it_was_fetched_from() -> None:
    authority = Authority(FeedEntry(url="https://old.test/rss"), ["https://new.test/rss"])

    assert authority.speaks_for("https://new.test/a")
