"""Detect pages that would hang a parser, before they are parsed."""

import re
from typing import Final

MAX_ATTRIBUTES: Final = 1000
"""Limit for one tag; parsing time is quadratic: 20,000 take 0.5 s, 100,000 more than 20 s.

The maximum in 1,112 real pages is 60 (2026-11).
"""

MAX_TAGS: Final = 100_000
"""Limit for one page, which takes 2 s; the maximum in 1,112 real pages is 25,000 in 1.9 MB."""

MAX_DEPTH: Final = 400
"""Limit of nested elements; libxml2 stops at 256, the maximum in real pages is 60."""

LONG_TAG_CHARACTERS: Final = 4 * MAX_ATTRIBUTES
"""Shorter tags cannot have too many attributes."""

MIN_TAGS_TO_COUNT_DEPTH: Final = 2000
"""Fewer tags take 0.02 s at any depth; counting takes 3 ms per page of 6,000. Text may be gathered
once for each element around it, so depth times tags is bounded (2026-12)."""

_LONG_TAG: Final = re.compile(rf"<[A-Za-z][^<]{{{LONG_TAG_CHARACTERS},}}")
_TAG_NAME: Final = re.compile(r"<[A-Za-z][^\s/>]*")
_ATTRIBUTE: Final = re.compile(r"""[\s/]+[^\s=>/"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""")
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)[^<>]*?(/?)>")
_RAW_TEXT: Final = re.compile(r"<(script|style)\b", re.IGNORECASE)
_RAW_TEXT_END: Final = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")
}
_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody", "html",
     "head", "body")
)  # fmt: skip
"""Elements whose end tag is optional or absent (HTML, sections 13.1.2 and 13.1.2.4)."""


def hostile_reason(text: str) -> str:
    """Return the property of a page that would hang a parser; empty if there is none.

    The parsing of a tag with an enormous number of attributes cannot be interrupted from within
    the process, and a very deep page loses its text. Linear in
    the length of the page, and fast for an ordinary one: 1 ms for 200 KB.

    Args:
        text: The decoded page.

    References:
        Measured 2026-11-22 (reports); true of lxml, lexbor and resiliparse.

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
    """Return whether a tag has too many attributes; only long tags are counted."""
    return any(
        _n_attributes(text, match.start()) > MAX_ATTRIBUTES for match in _LONG_TAG.finditer(text)
    )


def _n_attributes(text: str, start: int) -> int:
    """Count the attributes of the tag at a position, up to one more than the limit."""
    n_found = 0
    match = _TAG_NAME.match(text, start)
    while match is not None and n_found <= MAX_ATTRIBUTES:
        match = _ATTRIBUTE.match(text, match.end())
        n_found += match is not None
    return n_found


def _depth(text: str) -> int:
    """Return the greatest depth of nested elements, assuming that each closing tag closes one."""
    depth = deepest = 0
    for match in _TAG.finditer(_without_raw_text(text)):
        if match[3] or match[2].lower() in _VOID:
            continue
        depth += -1 if match[1] else 1
        depth = max(depth, 0)
        deepest = max(deepest, depth)
    return deepest


def _without_raw_text(text: str) -> str:
    """Remove scripts and style sheets, whose content is no markup; one without an end stays."""
    parts: list[str] = []
    endless: set[str] = set()
    at = 0
    while (start := _RAW_TEXT.search(text, at)) is not None:
        name = start[1].lower()
        end = None if name in endless else _RAW_TEXT_END[name].search(text, start.end())
        if end is None:
            # There is no further end of this name: searched once, not from each beginning.
            endless.add(name)
        parts.append(text[at : start.end() if end is None else start.start()])
        at = start.end() if end is None else end.end()
    return "".join((*parts, text[at:]))
