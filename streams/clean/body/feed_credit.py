"""Recognize the line that WordPress adds to the articles of its feeds, in any language.

"The post TITLE appeared first on SITE.", with links to the article and to the site's front page.
"""

import re
from typing import Final

from lxml.etree import _Element as Element

MAX_WORDS_AROUND: Final = 60
"""Most characters beside the links: the English sentence has 28, the Hungarian one 43."""

_HOST: Final = re.compile(r"^(?:https?:)?//(?:www\.)?([^/?#]+)([^?#]*)", re.IGNORECASE)
_SENTENCES: Final = re.compile(r"(?:^|(?<=[.!?…\])。」”\"]))\s*(?=\S)")


def is_feed_credit(element: Element, *, url: str = "") -> bool:
    """Return whether a paragraph consists of a link to an article, one to its site, and few words.

    Args:
        element: The paragraph.
        url: The article's URL; empty if it is unknown: the first link may then lead to any page
            of the site.
    """
    links = [link for link in element.iter("a") if link.get("href")]
    if len(links) != 2:  # noqa: PLR2004 - article and site
        return False
    article, site = (_HOST.match(link.get("href", "").strip()) for link in links)
    if article is None or site is None or site[2].strip("/"):
        return False
    own = _HOST.match(url)
    is_own = (
        own is not None and own[1] == article[1] and own[2].rstrip("/") == article[2].rstrip("/")
    )
    linked = sum(len("".join(link.itertext())) for link in links)
    around = len("".join(element.itertext())) - linked
    return (is_own or article[1] == site[1]) and 0 < around <= MAX_WORDS_AROUND


def without_feed_credit(text: str, title: str) -> str:
    """Remove the last sentence of a teaser if it is that line: few words around the title.

    Args:
        text: The teaser, without markup.
        title: The article's headline.

    Examples:
        >>> without_feed_credit("It sails. The post Old ferry first appeared on Vik.", "Old ferry")
        'It sails.'
        >>> without_feed_credit("It sails. The Old ferry left.", "Old ferry")
        'It sails. The Old ferry left.'
    """
    at = text.rfind(title) if len(title.split()) > 1 or len(title) > len("Headline") else -1
    starts = [
        match.end() for match in _SENTENCES.finditer(text, 0, max(at, 0)) if match.end() <= at
    ]
    if at < 0 or not starts:
        return text
    start, after = starts[-1], text[at + len(title) :]
    before = text[start:at]
    is_short = (
        0 < len(before.split()) <= _MAX_BEFORE and _MIN_AFTER <= len(after.split()) <= _MAX_AFTER
    )
    if not is_short or not _ENDS_WITH_NAME.search(after) or re.search(r"[.!?]\s", after):
        return text
    return text[:start].rstrip()


_MAX_BEFORE: Final = 4
_MIN_AFTER: Final = 3
_MAX_AFTER: Final = 12
"""Words before and behind the title in WordPress's translations, with the site's name."""

_ENDS_WITH_NAME: Final = re.compile(r"\s[^\W\d_a-zß-öø-ÿ]\S*+\W*$")
"""The site's name is last, and begins with a capital or an ideograph."""
