"""Find the WebSub hub and topic of a feed in its headers and content."""

import re
from collections.abc import Mapping
from typing import Final

from streams.sources.feeds.parsing.model import Feed, absolute_url

MAX_LINKS: Final = 50
"""Number of links of a header that are read."""

MAX_URL: Final = 2048
"""Longest URL of a hub or topic, in characters."""

_LINK = re.compile(
    r"<([^<>]{1,2048})>((?:\s*;\s*[^\s,;=]{1,40}(?:=(?:\"[^\"]{0,400}\"|[^\s,;\"]{0,400}))?){0,20})"
)
_REL = re.compile(r";\s*rel=(?:\"([^\"]{0,400})\"|([^\s,;\"]{1,400}))", re.IGNORECASE)


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
    for n_links, link in enumerate(_LINK.finditer(header)):
        if n_links >= MAX_LINKS:
            break
        rel = _REL.search(link[2])
        for name in ((rel[1] or rel[2]) if rel else "").lower().split():
            targets.setdefault(name, link[1].strip())
    return targets


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= MAX_URL and url.isprintable()
