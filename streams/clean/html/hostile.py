"""A page in, whether it is shaped to hang parsers out: before any parser sees it."""

import re
from typing import Final

MAX_ATTRIBUTES: Final = 1000
"""Of one tag; parsing is quadratic in them: 20,000 take 0.5 s, 100,000 more than 20 s.

The most met in 1,112 real pages is 60 (2026-11).
"""

MAX_TAGS: Final = 100_000
"""Of one page; the most met in 1,112 real pages is 25,000 in 1.9 MB. As many take 2 s."""

MAX_DEPTH: Final = 400
"""Of elements within each other; libxml2 stops at 256, the most met in real pages is 60."""

LONG_TAG_CHARACTERS: Final = 4 * MAX_ATTRIBUTES
"""Shorter tags cannot have too many attributes."""

MIN_TAGS_TO_COUNT_DEPTH: Final = 6000
"""Fewer tags, however deep, take 0.02 s, resiliparse 0.4 s; counting takes 3 ms a page."""

_LONG_TAG: Final = re.compile(rf"<[A-Za-z][^<]{{{LONG_TAG_CHARACTERS},}}")
_TAG_NAME: Final = re.compile(r"<[A-Za-z][^\s/>]*")
_ATTRIBUTE: Final = re.compile(r"""[\s/]+[^\s=>/"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""")
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^<>]*?(/?)>")
_RAW_TEXT: Final = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody", "html",
     "head", "body")
)  # fmt: skip
"""Elements that end by themselves (HTML, sections 13.1.2 and 13.1.2.4)."""


def hostile_reason(text: str) -> str:
    """Tell what about a page would hang a parser; empty if nothing.

    A tag with an enormous number of attributes cannot be stopped from within
    the process that parses it, and a very deep page loses its text. Linear in
    the length of the page, and cheap for an ordinary one: 1 ms for 200 KB.

    Args:
        text: The page, decoded.

    References:
        Measured 2026-11-22 (reports): lxml, lexbor and resiliparse alike.

    Examples:
        >>> hostile_reason("<p>Rain.</p>")
        ''
        >>> hostile_reason("<p " + "a=1 " * 5000 + ">")
        'a tag with more than 1000 attributes'
    """
    if _has_swollen_tag(text):
        return f"a tag with more than {MAX_ATTRIBUTES} attributes"
    n_tags = text.count("<")
    if n_tags > MAX_TAGS:
        return f"{n_tags} tags, limit {MAX_TAGS}"
    if n_tags >= MIN_TAGS_TO_COUNT_DEPTH and _depth(text) > MAX_DEPTH:
        return f"elements more than {MAX_DEPTH} deep"
    return ""


def _has_swollen_tag(text: str) -> bool:
    """Look at tags with no other tag for so long that they can have so many attributes."""
    return any(
        _n_attributes(text, match.start()) > MAX_ATTRIBUTES for match in _LONG_TAG.finditer(text)
    )


def _n_attributes(text: str, start: int) -> int:
    """Count the attributes of the tag that begins here, up to the limit and one."""
    n_found = 0
    match = _TAG_NAME.match(text, start)
    while match is not None and n_found <= MAX_ATTRIBUTES:
        match = _ATTRIBUTE.match(text, match.end())
        n_found += match is not None
    return n_found


def _depth(text: str) -> int:
    """Say how deep elements stand within each other at most, taking closing tags at their word."""
    depth = deepest = 0
    for match in _TAG.finditer(_RAW_TEXT.sub("", text)):
        if match[3] or match[2].lower() in _VOID:
            continue
        depth += -1 if match[1] else 1
        depth = max(depth, 0)
        deepest = max(deepest, depth)
    return deepest
