"""A page saved as a file in, the URL it says it had out."""

import html
import re
from collections.abc import Iterator
from typing import Final

from streams.text.urls import trusted_canonical

HEAD_BYTES: Final = 512 * 1024
"""How far into a page its URL is looked for: styles in heads of fundus-dev reach 300 KB."""

MAX_TAGS: Final = 2000
"""Links and metas looked at."""

_TAG = re.compile(rb"<(link|meta)\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"([a-z:_-]{1,40})\s{0,10}=\s{0,10}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_SAVED_FROM = re.compile(
    rb"<!--\s{0,10}(?:saved from url=\(\d{1,8}\)|Page saved with SingleFile\s{1,10}url:\s{0,10})"
    rb"(https?://[^\s<>\"]{1,8000})",
    re.IGNORECASE,
)


def own_url(page: bytes) -> str:
    """Give the URL that a page names as its own; empty if it names no article's.

    Linear in what is looked at. The page's word is all there is, so only URLs
    of articles count: a canonical link to the home page is a mistake.

    Args:
        page: Not decoded; its URL is ASCII, or escaped, or left alone.

    References:
        RFC 6596 (canonical link relation), the Open Graph protocol (og:url),
        the comments that browsers ("saved from url") and SingleFile leave.

    Examples:
        >>> own_url(b'<link href="https://news.test/a/rain-in-oslo" rel=canonical>')
        'https://news.test/a/rain-in-oslo'
        >>> own_url(b'<meta property="og:url" content="https://news.test/">')
        ''
        >>> own_url(b"<!-- saved from url=(0031)https://news.test/a/rain-in-oslo -->")
        'https://news.test/a/rain-in-oslo'
    """
    head = page[:HEAD_BYTES]
    declared = dict(reversed([*_declared(head)]))
    saved = _SAVED_FROM.search(head)
    where = _text(saved[1]) if saved else ""
    for name in ("canonical", "og:url"):
        url = trusted_canonical(declared.get(name, ""), page=where) if name in declared else ""
        if url:
            return url
    return trusted_canonical(where, page="") if where else ""


def _declared(head: bytes) -> Iterator[tuple[str, str]]:
    for n_tags, tag in enumerate(_TAG.finditer(head)):
        if n_tags >= MAX_TAGS:
            return
        values = {
            _text(name).lower(): _text(double or single or bare).strip()
            for name, double, single, bare in _ATTRIBUTE.findall(tag[2])
        }
        if tag[1].lower() == b"link" and "canonical" in values.get("rel", "").lower().split():
            yield "canonical", values.get("href", "")
        elif "og:url" in (values.get("property"), values.get("name")):
            yield "og:url", values.get("content", "")


def _text(data: bytes) -> str:
    return html.unescape(data.decode("utf-8", "replace"))
