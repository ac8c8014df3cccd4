"""Entries whose pages could not be fetched yet: when to try again, and when to send own words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.records import Encoding, RawArticle
from streams.records.feed_state import WaitingPage
from streams.sources.feeds.polling.entry_facts import KEY_BYTES

MAX_TRIES: Final = 3
"""Requests for a page, one a poll, before the feed's own words are sent: a server that is busy for
a minute costs no teaser, and one that refuses this program for months costs no article."""

MAX_WAIT: Final = timedelta(hours=1)
"""Time after which the words are sent with the next failure, however few the tries were."""

TRY_FOR: Final = timedelta(days=3)
"""Time for which the page is tried; most pages are corrected in the first days only."""

FIRST_PAUSE: Final = timedelta(minutes=30)
LONGEST_PAUSE: Final = timedelta(hours=12)
"""Pauses between the tries after the words were sent; each is twice as long as the one before."""

MAX_WAITING: Final = 100
MAX_WAITING_BYTES: Final = 128 * 1024
"""Limits of what is stored for a feed. Beyond them words are sent at once, and no page later."""


def waiting_page(article: RawArticle, mark: bytes, *, now: datetime, sent: bool) -> WaitingPage:
    """Return what is stored of an entry after its page failed for the first time.

    Args:
        article: The article with the feed's own words.
        mark: Key and version of the entry.
        now: Time of the request.
        sent: Whether a former version of the article was sent.
    """
    return WaitingPage(
        key=mark[:KEY_BYTES],
        version=mark[KEY_BYTES:],
        article=article,
        since=now,
        next_try=now,
        sent=sent,
    )


def after_failure(page: WaitingPage, *, now: datetime) -> WaitingPage | None:
    """Return an entry after its page failed again; None if it is not tried any more."""
    tries = page.tries + 1
    if now - page.since >= TRY_FOR:
        return None
    pause = timedelta(0)
    if tries >= MAX_TRIES:
        pause = min(FIRST_PAUSE * 2 ** min(tries - MAX_TRIES, 10), LONGEST_PAUSE)
    return msgspec.structs.replace(page, tries=tries, next_try=now + pause)


def must_be_sent(page: WaitingPage, *, now: datetime) -> bool:
    """Return whether the feed's own words are sent now, without the page."""
    return not page.sent and (page.tries >= MAX_TRIES or now - page.since >= MAX_WAIT)


def has_room(waiting: Sequence[WaitingPage], article: RawArticle) -> bool:
    """Return whether one more entry can wait for its page."""
    if len(waiting) >= MAX_WAITING or article.encoding is not Encoding.IDENTITY:
        return False
    size = _size(article) + sum(_size(page.article) for page in waiting)
    return size <= MAX_WAITING_BYTES


def _size(article: RawArticle) -> int:
    texts = (article.title, article.summary, article.url, article.external_id, *article.authors)
    return len(article.body) + sum(len(text) * 3 for text in texts)
