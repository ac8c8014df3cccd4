"""Build raw articles from feed entries: from the feed's text if it is complete, or the page."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from streams.config.feeds import TextFrom
from streams.records import HttpInfo, RawArticle
from streams.records.topics import RAW
from streams.sources.article import raw_article, unpacked_body
from streams.sources.feeds.markup import strip_markup, strip_title
from streams.sources.feeds.parsing.model import Entry

MIN_FULL_TEXT: Final = 1500
"""Length of text, in characters without markup, from which an entry may be the full article.

Teasers in the test suites of feedparser, gofeed and feed-rs have 40 to 600 characters; news
articles a median of 2,800 (the 122 pages of evals/extraction/fundus-dev). An unnecessary fetch
costs a request, but a teaser taken for the article loses the article: so the limit is high.
"""

_BLOCK = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|blockquote)\b[^<>]*>", re.IGNORECASE)
_CUT_OFF = re.compile(
    r"(?:\[\s*(?:…|\.\.\.|&#8230;|&hellip;)\s*\]|…|\.\.\.|\bread (?:more|on|the (?:full|rest)\b.*)|"
    r"\bcontinue reading\b.*|\bweiterlesen\b.*|\blire la suite\b.*|\bleer más\b.*)\W{0,20}$",
    re.IGNORECASE,
)
"""The endings of teasers: WordPress's excerpt and its "continue reading" in a few languages."""

MAX_PACKED_BYTES: Final = RAW.max_bytes // 4 * 3 - 256 * 1024
"""Largest body in a record: base64 adds a third, and the other fields take some space."""

TAIL: Final = 200
"""Number of characters at the end of a text that are searched for the ending of a teaser."""


def has_full_text(entry: Entry) -> bool:
    """Return whether an entry seems to contain the full text of its article.

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
    """Return whether the page of an entry must be fetched for the article's text.

    Args:
        entry: Entry of a feed; without a link it has no page.
        text_from: Source of the text in the feed's configuration.
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
    entry: Entry,
    *,
    source: str,
    feed_url: str,
    fetched: datetime,
    id: str = "",  # noqa: A002  # the field's name
    claimed_by: str = "",
    page_problem: str = "",
) -> RawArticle:
    """Return the article with the text in the feed.

    Args:
        entry: Entry of a feed.
        source: Id of the feed.
        feed_url: URL of the feed.
        fetched: Time of the poll, aware.
        id: Id of the article. By default, made from the entry's link, else its id.
        claimed_by: Id of the feed, if it may not speak for the publisher of the link.
        page_problem: Why the page is not used although it was wanted.

    Examples:
        >>> from datetime import UTC
        >>> entry = Entry(link="https://x.test/a", title="Rain &amp; wind", content="<p>It rained.")
        >>> article = article_from_entry(
        ...     entry, source="x", feed_url="", fetched=datetime(2026, 3, 2, tzinfo=UTC))
        >>> article.title, article.content_type
        ('Rain & wind', 'text/html')
    """
    text = entry.content or (entry.summary if _summary(entry) else "")
    is_plain = ("content" if entry.content else "summary") in entry.plain
    marked_up = not is_plain and ("<" in text or "&" in text)
    return raw_article(
        id=id,
        source=source,
        fetched=fetched,
        url=entry.link,
        external_id=entry.id,
        published=entry.published or entry.updated,
        title=_title(entry),
        summary=_summary(entry) if entry.content else "",
        authors=entry.authors,
        body=text.encode("utf-8", "replace"),
        content_type="text/html" if marked_up else "text/plain",
        charset="utf-8",
        feed_url=feed_url,
        claimed_by=claimed_by,
        page_problem=page_problem,
    )


def article_from_page(
    entry: Entry,
    *,
    source: str,
    feed_url: str,
    fetched: datetime,
    id: str = "",  # noqa: A002  # the field's name
    body: bytes,
    content_type: str,
    charset: str,
    http: HttpInfo,
    claimed_by: str = "",
    announced_by: str = "",
) -> RawArticle:
    """Return the article with the page of an entry.

    Its URL is the entry's, not the target of redirects, which is in ``http``: so its id is known
    before the page is fetched. Cleaning chooses between both and the canonical URL.

    Args:
        entry: Entry of a feed; its date, authors and title are stored with the page.
        source: Id of the feed.
        feed_url: URL of the feed.
        fetched: Time at which the page was fetched, aware.
        id: Id of the article. By default, made from the entry's link.
        body: The page, decompressed.
        content_type: MIME type of the page, without parameters.
        charset: Charset declared by the server; empty if none.
        http: Status and headers of the response.
        claimed_by: Id of the feed, if it may not speak for the publisher of the link.
        announced_by: Id of the feed, if it may not speak for the publisher of the page.

    Returns:
        The article; with the text in the feed if the page, compressed, does not fit in a record.
    """
    own = article_from_entry(
        entry, source=source, feed_url=feed_url, fetched=fetched, id=id, claimed_by=claimed_by
    )
    return with_page(
        own,
        own_text=own_text(entry),
        fetched=fetched,
        body=body,
        content_type=content_type,
        charset=charset,
        http=http,
        announced_by=announced_by,
    )


def with_page(
    own: RawArticle,
    *,
    own_text: str,
    fetched: datetime,
    body: bytes,
    content_type: str,
    charset: str,
    http: HttpInfo,
    announced_by: str = "",
) -> RawArticle:
    """Return an article of `article_from_entry` with its page; see `article_from_page`.

    Args:
        own: The article with the text in the feed.
        own_text: All that the feed says of it, for the case that its page has no text.
        fetched: Time at which the page was fetched, aware.
        body: The page, decompressed.
        content_type: MIME type of the page, without parameters.
        charset: Charset declared by the server; empty if none.
        http: Status and headers of the response.
        announced_by: Id of the feed, if it may not speak for the publisher of the page.
    """
    article = raw_article(
        id=own.id,
        source=own.source,
        fetched=fetched,
        url=own.url,
        external_id=own.external_id,
        published=own.published,
        title=own.title,
        summary=own_text,
        authors=own.authors,
        body=body,
        content_type=content_type,
        charset=charset,
        feed_url=own.feed_url,
        http=http,
        announced_by=announced_by,
    )
    if len(article.body) <= MAX_PACKED_BYTES:
        return article
    return msgspec.structs.replace(own, page_problem="the page does not fit in a record")


def own_text_of(own: RawArticle) -> str:
    """Return all that the feed says of an article of `article_from_entry`."""
    text = unpacked_body(own.body, own.encoding).decode("utf-8", "replace")
    if len(text) <= len(own.summary):
        return own.summary
    return _as_lines(text) if own.content_type == "text/html" else text


def _title(entry: Entry) -> str:
    """Return the title of an entry without the name of the publisher, as aggregators append it."""
    title = entry.title if "title" in entry.plain else strip_title(entry.title)
    bare = _publisher_suffix(entry.publisher).sub("", title) if entry.publisher else title
    return bare or title


@lru_cache(maxsize=256)
def _publisher_suffix(publisher: str) -> re.Pattern[str]:
    return re.compile(rf"\s+[-–—|·]\s+{re.escape(strip_markup(publisher))}\s*$", re.IGNORECASE)


def _summary(entry: Entry) -> str:
    """Return the teaser of an entry; empty if it only repeats title and publisher."""
    summary = entry.summary if "summary" in entry.plain else strip_markup(entry.summary)
    said = "".join(filter(str.isalnum, summary.casefold()))
    title = "".join(filter(str.isalnum, f"{_title(entry)}{entry.publisher}".casefold()))
    return "" if title.startswith(said) else summary


def own_text(entry: Entry) -> str:
    """Return all that a feed says of an article, for the case that its page has no text."""
    if len(entry.content) <= len(entry.summary):
        return _summary(entry)
    if "content" in entry.plain:
        return entry.content
    return _as_lines(entry.content)


def _as_lines(markup: str) -> str:
    lines = map(strip_markup, _BLOCK.split(markup))
    return "\n\n".join(line for line in lines if line)
