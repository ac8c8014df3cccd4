"""Remove markup from texts that may contain angle brackets of their own."""

import html
import re
from collections.abc import Callable
from typing import Final

from lxml.html import defs

HTML_NAMES: Final = frozenset(defs.tags) | {
    "bdi", "data", "dialog", "frame", "main", "nobr", "picture", "search", "slot", "template",
}  # fmt: skip
"""Elements of HTML, from lxml, and those of the WHATWG's standard that it lacks."""

FORMATTING: Final = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
     "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
     "tt", "u", "var", "wbr")
)  # fmt: skip
"""Elements within a line, which separate no words (WHATWG HTML, section 3.2.5.2.5)."""

OPTIONAL_END: Final = frozenset(
    ("br", "hr", "img", "p", "div", "li", "ul", "ol", "dd", "dt", "td", "tr", "th", "h1", "h2",
     "h3", "blockquote", "center")
)  # fmt: skip
"""Further elements that titles contain without their end; the name of any other alone is a word."""

_TAG = re.compile(
    r"<(?P<slash>/?)(?P<name>[A-Za-z][\w:.-]*+)(?P<attributes>(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>"
    r"|<!--[\s\S]*?(?:-->|\Z)|<!\[CDATA\[|\]\]>"
)


def strip_markup(markup: str) -> str:
    """Return a short text without tags, with its entities as characters.

    A tag begins with a letter; the names of elements that HTML does not have are text.

    Examples:
        >>> strip_markup("<b>Rain</b> &amp; wind: 3 < 4")
        'Rain & wind: 3 < 4'
        >>> strip_markup("Rents <5 percent up, wages >3 percent: H<sub>2</sub>O in the <tideclock>")
        'Rents <5 percent up, wages >3 percent: H2O in the <tideclock>'
    """
    return _stripped(markup, _is_tag)


def strip_title(markup: str) -> str:
    """Return a title without tags, with its entities as characters.

    In a title the name of an element is a word if nothing else speaks for a tag: an end tag, an
    attribute, or an element that formats a few letters.

    Examples:
        >>> strip_title("<i>The Mill</i>: what is the <dialog> element for?")
        'The Mill: what is the <dialog> element for?'
    """
    return _stripped(markup, _is_tag_of_title)


def has_markup(text: str) -> bool:
    """Return whether a text whose type is not declared is HTML.

    Examples:
        >>> has_markup("<p>It rained."), has_markup("3 < 4, <i>"), has_markup("It <b>rained</b>.")
        (True, False, True)
    """
    lower = text.lower()
    return any(
        match["name"] is not None
        and match["name"].lower() in HTML_NAMES
        and (
            "=" in match["attributes"]
            or match["name"].lower() in OPTIONAL_END
            or _has_end(match, lower)
        )
        for match in _TAG.finditer(text)
    )


def _stripped(markup: str, is_tag: Callable[[re.Match[str], str], bool]) -> str:
    if "<" in markup or "]]>" in markup:
        lower = markup.lower()
        markup = _TAG.sub(
            lambda match: _without(match) if is_tag(match, lower) else match[0], markup
        )
    return " ".join((html.unescape(markup) if "&" in markup else markup).split())


def _without(match: re.Match[str]) -> str:
    is_inline = match["name"] is None or match["name"].lower() in FORMATTING
    return "" if is_inline else " "


def _is_tag(match: re.Match[str], lower: str) -> bool:
    name = match["name"]
    if name is None or ":" in name:
        return True
    attributes = match["attributes"].strip(" /\n\t")
    if name.lower() not in HTML_NAMES:
        return "=" in attributes or _has_end(match, lower)
    return not attributes or "=" in attributes or _has_end(match, lower)


def _is_tag_of_title(match: re.Match[str], lower: str) -> bool:
    if not _is_tag(match, lower):
        return False
    name = (match["name"] or "a").lower()
    return (
        name in FORMATTING
        or name in OPTIONAL_END
        or ":" in name
        or "=" in match["attributes"]
        or bool(match["slash"])
        or _has_end(match, lower)
    )


def _has_end(match: re.Match[str], lower: str) -> bool:
    """Return whether an end tag of the element follows within the next letters, or this is one."""
    if match["slash"]:
        return True
    return lower.find(f"</{match['name'].lower()}", match.end(), match.end() + MAX_ELEMENT) >= 0


MAX_ELEMENT: Final = 2000
"""Characters in which the end of an element is searched, so that the time is linear."""
