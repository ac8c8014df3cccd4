"""Find the WebSub hub and topic of a feed in its headers and content."""

from collections.abc import Mapping
from typing import Final

from streams.sources.feeds.parsing.link_header import header_links
from streams.sources.feeds.parsing.model import Feed, absolute_url

MAX_URL: Final = 2048
"""Longest URL of a hub or topic, in characters."""


def hub_and_topic(headers: Mapping[str, str], feed: Feed, *, url: str) -> tuple[str, str]:
    """Return the hub of a feed, and the topic URL under which the hub publishes the feed.

    Link headers have precedence over links in the feed; the first of several hubs is used.

    Args:
        headers: Headers of the response, names in lower case.
        feed: Parsed body of the response.
        url: URL of the feed, after redirects.

    Returns:
        Two absolute URLs; both empty without a hub.

    References:
        WebSub, section 4 (discovery); RFC 8288, section 3 (the Link header).

    Examples:
        >>> link = '<https://hub.test/>; rel="hub", </rss>; rel=self'
        >>> hub_and_topic({"link": link}, Feed(format="rss"), url="https://news.test/feed")
        ('https://hub.test/', 'https://news.test/rss')
        >>> hub_and_topic({}, Feed(format="rss", hub="https://hub.test/"), url="https://a.test/b")
        ('https://hub.test/', 'https://a.test/b')
    """
    linked = _links(headers.get("link", ""))
    hub = absolute_url(linked.get("hub", "") or feed.hub, url)
    topic = absolute_url(linked.get("self", "") or feed.self_url, url)
    if not _is_web(hub):
        return "", ""
    return hub, topic if _is_web(topic) else url


def _links(header: str) -> dict[str, str]:
    """Return the first target of each relation."""
    targets: dict[str, str] = {}
    for link in header_links(header):
        for name in link.relations:
            targets.setdefault(name, link.target)
    return targets


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= MAX_URL and url.isprintable()
