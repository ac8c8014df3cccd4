"""Parse XML as published, and repair XML that is not well-formed."""

import html
import re
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

_DECLARATION = re.compile(r"\s*<\?xml(?:\?xml)?[^>]{0,400}>", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REPAIRS = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?!(?:amp|lt|gt|quot|apos);)(#[xX][0-9a-fA-F]{1,8};|#\d{1,8};|[A-Za-z]\w{1,31};)?",
    re.DOTALL,
)
_DOCTYPE = re.compile("<!DOCTYPE", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s*>")
_START = re.compile(
    r"<(?:\?xml|rss|feed|rdf|urlset|sitemapindex|channel|!DOCTYPE|!--)", re.IGNORECASE
)

MAX_PREAMBLE: Final = 8192
"""Number of characters in which the first tag is searched: servers print warnings before it."""

MAX_REPAIRED: Final = 2 * 1024 * 1024
"""Longest text, in characters, that is repaired; larger ones are only parsed in recovery mode.
Repairing eight million ampersands took 5 s (2026-11)."""

MAX_DOCTYPE: Final = 65536
"""Longest document type declaration, in characters; that of RSS 0.91 has 120."""


def parse_xml(text: str) -> etree._Element | None:
    """Parse XML strictly; if it is not well-formed, repair it and parse in recovery mode.

    A document type declaration is removed before parsing, so that only XML's five entities
    are defined, and nothing outside the document is read.

    Args:
        text: Decoded text; the encoding in an XML declaration is ignored.

    Returns:
        The root; None if there is no element.

    References:
        XML 1.0, section 2.2 (characters), 4.1 (references); the names of HTML's entities,
        which feeds use without declaring them, from `html.entities`.
    """
    plain = _without_doctype(_from_first_tag(text))
    try:
        return etree.fromstring(plain.encode(), _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError):
        pass
    repaired = _ILLEGAL.sub("", plain)
    if len(repaired) <= MAX_REPAIRED:
        repaired = _REPAIRS.sub(_repaired, repaired)
    try:
        return etree.fromstring(repaired.encode("utf-8", "replace"), _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
        # No index of elements by id, because it is not used.
        collect_ids=False,
    )


def _from_first_tag(text: str) -> str:
    match = _START.search(text, 0, MAX_PREAMBLE)
    start = match.start() if match else 0
    declaration = _DECLARATION.match(text, start)
    return text[declaration.end() if declaration else start :]


def _without_doctype(text: str) -> str:
    doctype = _DOCTYPE.search(text, 0, MAX_PREAMBLE)
    if doctype is None:
        return text
    start = doctype.start()
    close, subset = text.find(">", start), text.find("[", start)
    if close < 0:
        return text[:start]
    if 0 <= subset < close:
        end = _SUBSET_END.search(text, subset, subset + MAX_DOCTYPE)
        if end is None:
            return text[:start]
        return text[:start] + text[end.end() :]
    return text[:start] + text[close + 1 :]


def _repaired(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] == "<":
        return text
    if match[1] is None:
        return "&amp;"
    return escape(_ILLEGAL.sub("", html.unescape(text)))


def inner_xml(element: etree._Element) -> str:
    """Return the content of an element as markup without namespaces.

    Examples:
        >>> inner_xml(etree.fromstring('<a xmlns="x">1 &lt; <b c="d">2</b>.<i/></a>'))
        '1 &lt; <b c="d">2</b>.<i></i>'
    """
    parts = [escape(element.text or "")]
    for child in element:
        if isinstance(child.tag, str):
            parts += (outer_xml(child), escape(child.tail or ""))
    return "".join(parts)


def outer_xml(element: etree._Element) -> str:
    """Return an element as markup without namespaces, and without its tail."""
    name = etree.QName(element).localname
    attributes = "".join(
        f' {etree.QName(key).localname}="{escape(value, {chr(34): "&quot;"})}"'
        for key, value in element.attrib.items()
    )
    return f"<{name}{attributes}>{inner_xml(element)}</{name}>"
