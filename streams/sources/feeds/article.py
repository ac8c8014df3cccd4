"""Entries of a feed in, raw articles out: the feed's text where it is whole, else the page."""

import html
import re
from datetime import datetime
from typing import Final

from streams.config.feeds import TextFrom
from streams.records import HttpInfo, RawArticle
from streams.sources.article import raw_article
from streams.sources.feeds.parsing.model import Entry

MIN_FULL_TEXT: Final = 1500
"""Characters of text, without markup, from which an entry may hold the article whole.

Teasers of the feeds in feedparser's, gofeed's and feed-rs' suites have 40 to 600; news articles a
median of 2,800 (the 122 pages of evals/extraction/fundus-dev). A page that is fetched in vain costs
a request, a teaser taken for the article loses it: so the bound is high.
"""

_TAG = re.compile(r"<[^<>]*>")
_CUT_OFF = re.compile(
    r"(?:\[\s*(?:…|\.\.\.|&#8230;|&hellip;)\s*\]|…|\.\.\.|\bread (?:more|on|the (?:full|rest)\b.*)|"
    r"\bcontinue reading\b.*|\bweiterlesen\b.*|\blire la suite\b.*|\bleer más\b.*)\W{0,20}$",
    re.IGNORECASE,
)
"""How teasers end: WordPress's excerpt and its "continue reading" in a few languages."""

TAIL: Final = 200
"""Characters at the end of a text in which a teaser's end is looked for."""


def has_full_text(entry: Entry) -> bool:
    """Tell whether an entry seems to hold its article whole.

    Examples:
        >>> has_full_text(Entry(content="<p>Rain. [...]</p>"))
        False
        >>> has_full_text(Entry(content="<p>" + "It rained all day. " * 100 + "</p>"))
        True
    """
    longest = entry.content or entry.summary
    if len(longest) < MIN_FULL_TEXT:
        return False
    text = strip_markup(longest)
    return len(text) >= MIN_FULL_TEXT and not _CUT_OFF.search(text[-TAIL:])


def needs_page(entry: Entry, text_from: TextFrom = TextFrom.AUTO) -> bool:
    """Tell whether an entry's page has to be fetched to have its article.

    Args:
        entry: Of a feed.
        text_from: What its reader asks for. Without a link there is no page.
    """
    if not entry.link.lower().startswith(("http://", "https://")):
        return False
    match text_from:
        case TextFrom.FEED:
            return False
        case TextFrom.PAGE:
            return True
        case TextFrom.AUTO:
            return not has_full_text(entry)


def article_from_entry(
    entry: Entry, *, source: str, feed_url: str, fetched: datetime
) -> RawArticle:
    """Build an article of what the feed says itself.

    Args:
        entry: As read.
        source: The feed's name.
        feed_url: Where the feed was fetched.
        fetched: When, aware.

    Examples:
        >>> from datetime import UTC
        >>> entry = Entry(link="https://x.test/a", title="Rain &amp; wind", content="<p>It rained.")
        >>> article = article_from_entry(
        ...     entry, source="x", feed_url="", fetched=datetime(2026, 3, 2, tzinfo=UTC))
        >>> article.title, article.content_type
        ('Rain & wind', 'text/html')
    """
    text = entry.content or entry.summary
    marked_up = entry.markup and ("<" in text or "&" in text)
    return raw_article(
        source=source,
        fetched=fetched,
        url=entry.link,
        external_id=entry.id,
        published=entry.published or entry.updated,
        title=strip_markup(entry.title) if entry.markup else entry.title,
        summary=_summary(entry) if entry.content else "",
        authors=entry.authors,
        body=text.encode("utf-8", "replace"),
        content_type="text/html" if marked_up else "text/plain",
        charset="utf-8",
        feed_url=feed_url,
    )


def article_from_page(
    entry: Entry,
    *,
    source: str,
    feed_url: str,
    fetched: datetime,
    body: bytes,
    content_type: str,
    charset: str,
    http: HttpInfo,
) -> RawArticle:
    """Build an article of an entry and its page.

    Its URL is the entry's, not where redirects led: so its identity is known
    before the page is fetched, and cleaning finds the canonical one.

    Args:
        entry: As read; its date, authors and title go beside the page.
        source: The feed's name.
        feed_url: Where the feed was fetched.
        fetched: When the page was fetched, aware.
        body: The page as it came, after decompression.
        content_type: Its MIME type, without parameters.
        charset: As the server declared it; empty if it did not.
        http: What else the server said.
    """
    return raw_article(
        source=source,
        fetched=fetched,
        url=entry.link,
        external_id=entry.id,
        published=entry.published or entry.updated,
        title=strip_markup(entry.title) if entry.markup else entry.title,
        summary=_summary(entry),
        authors=entry.authors,
        body=body,
        content_type=content_type,
        charset=charset,
        feed_url=feed_url,
        http=http,
    )


def _summary(entry: Entry) -> str:
    return strip_markup(entry.summary) if entry.markup else entry.summary


def strip_markup(markup: str) -> str:
    """Take the tags out of a short text, and write its entities as characters.

    Examples:
        >>> strip_markup("<b>Rain</b> &amp; wind: 3 < 4")
        'Rain & wind: 3 < 4'
    """
    text = _TAG.sub(" ", markup) if "<" in markup else markup
    return " ".join((html.unescape(text) if "&" in text else text).split())
