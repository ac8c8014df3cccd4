"""Decide for which publishers a feed may speak."""

from collections.abc import Iterable

from streams.config.feeds import FeedEntry
from streams.text.urls import is_under, owner_domain


class Authority:
    """The publishers for whom a feed may speak: its own site, and those that the operator names.

    Anyone can write a feed with entries that link to other sites. Its words are then a claim; the
    bytes that the linked site sends are not, whatever led there.

    Args:
        feed: Configuration of the feed.
        fetched_from: Further URLs that the feed's bytes came from, such as the target of a
            redirect.
    """

    def __init__(self, feed: FeedEntry, fetched_from: Iterable[str] = ()) -> None:
        urls = (feed.url, *fetched_from)
        self._domains = frozenset(filter(None, map(owner_domain, urls)))
        self._trusted = frozenset(feed.speaks_for)

    def speaks_for(self, url: str) -> bool:
        """Return whether the feed's words about a page are those of its publisher.

        Args:
            url: URL of the page. Without one, no publisher is named, and no one is spoken for.
        """
        if "*" in self._trusted:
            return True
        return owner_domain(url) in self._domains or is_under(url, self._trusted - {"*"})
