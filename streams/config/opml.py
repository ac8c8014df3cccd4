"""Read and write subscription lists of feed readers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import listparser

from streams.errors import UsageError
from streams.text.charset import decode_text

MAX_SHOWN: Final = 200
"""Characters of an address that a message shows."""

_DECLARATION = re.compile(r"<\?xml[^<>]{0,400}>", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s/?#]+\S*")


@dataclass(frozen=True, slots=True)
class SubscriptionList:
    """The feeds of a subscription list.

    Attributes:
        urls: URLs of the feeds, without repetitions, in order.
        left_out: A sentence for each address that is not among them.
    """

    urls: tuple[str, ...]
    left_out: tuple[str, ...]


def read_opml(data: bytes) -> SubscriptionList:
    """Return the feeds in OPML or another subscription list.

    ``feed:`` addresses become ``http``, spaces are escaped.

    Args:
        data: Content of the file, in any encoding that it declares.

    Raises:
        UsageError: If there is no feed in it, or it declares XML entities.

    References:
        OPML 2.0 (opml.org), type ``rss`` with ``xmlUrl``; listparser reads RDF and iGoogle lists
        as well.

    Examples:
        >>> line = b'<outline xmlUrl="feed://news.test/rss"/><outline xmlUrl="mailto:a@news.test"/>'
        >>> found = read_opml(b"<opml><body>" + line + b"</body></opml>")
        >>> found.urls, found.left_out
        (('http://news.test/rss',), ('mailto:a@news.test: neither http nor https',))
    """
    text = _DECLARATION.sub("", decode_text(data).text.lstrip("\ufeff"), count=1)
    if "<!ENTITY" in text.upper():
        raise UsageError("the list declares entities, which no honest one needs")
    # Bytes: listparser would fetch a text that is a URL. It takes no declaration for Latin-1.
    found = listparser.parse(f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode())
    urls: dict[str, None] = {}
    left_out: list[str] = []
    for feed in found.feeds:
        url, problem = web_url(feed.url)
        if problem:
            left_out.append(problem)
        urls |= {url: None} if url else {}
    left_out += [f"{shown(each.url)}: another list, not a feed" for each in found.lists]
    left_out += [f"{shown(each.url)}: a page, without a feed" for each in found.opportunities]
    if not urls:
        raise UsageError("\n".join(("no feed in it: is it OPML?", *left_out)))
    return SubscriptionList(tuple(urls), tuple(dict.fromkeys(left_out)))


def web_url(written: str) -> tuple[str, str]:
    """Return an address as a URL of a feed, and why it is none; one of both is empty.

    Examples:
        >>> web_url(" HTTPS://News.test/my feed.xml")
        ('https://news.test/my%20feed.xml', '')
        >>> web_url("https://ann:secret@news.test/rss")[1]
        'https://…@news.test/rss: has a user name; add it with --login'
    """
    text = re.sub(r"\s", "%20", _FEED_SCHEME.sub("", written.strip()))
    scheme, colon, rest = text.partition("://")
    if colon and scheme.lower() in {"http", "https", "feed"}:
        host = re.match(r"[^/?#]*", rest)
        name = host[0] if host else ""
        text = f"{scheme.lower().replace('feed', 'http')}://{name.lower()}{rest[len(name) :]}"
    if not _WEB.fullmatch(text):
        return "", f"{shown(text)}: neither http nor https"
    if "@" in urlsplit(text).netloc:
        return "", f"{shown(text)}: has a user name; add it with --login"
    if len(text) > 2000:  # noqa: PLR2004  # the limit of `streams.config.feeds.WebUrl`, rounded
        return "", f"{shown(text)}: longer than 2000 characters"
    return text, ""


def shown(url: str) -> str:
    """Return an address for a message: short, and without user name and password."""
    text = re.sub(r"//[^/?#]*@", "//…@", url.strip())
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def opml_text(feeds: Iterable[tuple[str, str]]) -> str:
    """Return titles and URLs as the text of an OPML 2.0 document.

    Examples:
        >>> print(opml_text([("News", "https://news.test/rss?a=1&b=2")]).splitlines()[4].strip())
        <outline type='rss' text="News" xmlUrl="https://news.test/rss?a=1&amp;b=2"/>
    """
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        "  <head><title>News Streams</title></head>\n  <body>\n"
        f"{''.join(_outlines(feeds))}  </body>\n</opml>\n"
    )


def _outlines(feeds: Iterable[tuple[str, str]]) -> Iterator[str]:
    for title, url in feeds:
        yield f"    <outline type='rss' text={quoteattr(title)} xmlUrl={quoteattr(url)}/>\n"
