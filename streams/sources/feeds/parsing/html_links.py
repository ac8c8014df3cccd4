"""Links inside the HTML of a feed: relative ones in, absolute ones out."""

import re
from itertools import islice
from typing import Final

from streams.sources.feeds.parsing.model import absolute_url

MAX_LINK: Final = 4096
"""Characters of the longest link that is completed, and of the longest base."""

MAX_GROWTH: Final = 65536
"""Characters by which a text may grow at least; beyond them, by four times its own: many short
links on a long base would make gigabytes of a body of eight megabytes."""

MAX_LINKS: Final = 2000
"""Links of a text that are completed; one with more is no article. A link takes 13 µs."""

_TAG = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)
_RELATIVE = re.compile(
    # The equals sign comes first, so that the search goes at the speed of memchr.
    r"=(?<=[fFcC]=)(?:(?<=[hH][rR][eE][fF]=)|(?<=[sS][rR][cC]=))\s{0,4}"
    r"(?![\"']?\s{0,4}(?:https?:|mailto:|data:|#))"
    rf"(?:\"([^\"<>]{{1,{MAX_LINK}}})\"|'([^'<>]{{1,{MAX_LINK}}})'|([^\s\"'<>]{{1,{MAX_LINK}}}))"
)


def has_relative_links(markup: str) -> bool:
    """Tell whether a text may hold links that start from somewhere; quick where it does not.

    Examples:
        >>> has_relative_links('<a href="/a">'), has_relative_links('<a href="http://x.test/">')
        (True, False)
    """
    return _RELATIVE.search(markup) is not None


def with_absolute_links(markup: str, base: str) -> str:
    """Complete the links of a text by where it stands; fragments stay as they are.

    Args:
        markup: HTML, or a piece of it.
        base: Absolute URL; with another one, the text comes back unchanged.

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
    whole = absolute_url(link[1] or link[2] or link[3], base)
    return f'="{whole.replace(chr(34), "%22")}"'
