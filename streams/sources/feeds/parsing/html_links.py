"""Make relative links in the HTML of a feed absolute."""

import re
from itertools import islice
from typing import Final

from streams.sources.feeds.parsing.model import absolute_url

MAX_LINK: Final = 4096
"""Longest link, and longest base, in characters."""

MAX_GROWTH: Final = 65536
"""Characters by which any text may grow; a longer text may grow by four times its length. Many
short links with a long base would turn a body of eight megabytes into gigabytes."""

MAX_LINKS: Final = 2000
"""Largest number of links; a text with more is not an article. A link takes 13 µs."""

_TAG = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)
_RELATIVE = re.compile(
    # The equals sign comes first, so that the search runs at the speed of memchr.
    r"=(?<=[fFcC]=)(?:(?<=[hH][rR][eE][fF]=)|(?<=[sS][rR][cC]=))\s{0,4}"
    r"(?![\"']?\s{0,4}(?:https?:|mailto:|data:|#))"
    rf"(?:\"([^\"<>]{{1,{MAX_LINK}}})\"|'([^'<>]{{1,{MAX_LINK}}})'|([^\s\"'<>]{{1,{MAX_LINK}}}))"
)


def has_relative_links(markup: str) -> bool:
    """Return whether a text may contain relative links; fast if it does not.

    Examples:
        >>> has_relative_links('<a href="/a">'), has_relative_links('<a href="http://x.test/">')
        (True, False)
    """
    return _RELATIVE.search(markup) is not None


def with_absolute_links(markup: str, base: str) -> str:
    """Return a text with its relative links made absolute; fragments are not changed.

    Args:
        markup: HTML, or a part of it.
        base: Absolute ``http`` or ``https`` URL; with any other, the text is returned unchanged.

    References:
        RFC 3986, section 5.1.1 (a base within the content: ``xml:base``), 5.1.3
        (the URL it was retrieved from); RFC 4287, section 2; HTML, the
        attributes that hold one URL, without those of forms and objects.

    Examples:
        >>> with_absolute_links('<a href="b?c=1&amp;d=2">x</a> a href="b"', "https://news.test/a/")
        '<a href="https://news.test/a/b?c=1&amp;d=2">x</a> a href="b"'
    """
    if not base.lower().startswith(("http://", "https://")) or len(base) > MAX_LINK:
        return markup
    n_links = sum(1 for _ in islice(_RELATIVE.finditer(markup), MAX_LINKS + 1))
    if n_links > MAX_LINKS or n_links * len(base) > max(MAX_GROWTH, 4 * len(markup)):
        return markup
    return _TAG.sub(lambda tag: _RELATIVE.sub(lambda link: _absolute(link, base), tag[0]), markup)


def _absolute(link: re.Match[str], base: str) -> str:
    url = absolute_url(link[1] or link[2] or link[3], base)
    return f'="{url.replace(chr(34), "%22")}"'
