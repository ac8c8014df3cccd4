"""Feeds that only feedparser reads."""

from streams.sources.feeds.parsing.feedparser_fallback import feed_by_feedparser


def test_field_without_value_is_empty() -> None:
    # Found by fuzzing: feedparser gives such a field the value None.
    markup = "<feed><entry><summary><description></content:encoded>"

    feed = feed_by_feedparser(markup, max_entries=5)

    assert feed is not None
    assert [entry.summary for entry in feed.entries] == [""]
