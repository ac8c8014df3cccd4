"""Parse XML as published, and repair XML that is not well-formed."""

import re
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from streams.sources.feeds.parsing.xml_markup import VOID, balance_xml

_DECLARATION = re.compile(r"\s*<\?xml(?:\?xml)?[^>]{0,400}>", re.IGNORECASE)
_DOCTYPE = re.compile("<!DOCTYPE", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s*>")
_START = re.compile(
    r"<(?:\?xml|rss|feed|rdf|urlset|sitemapindex|channel|!DOCTYPE|!--)", re.IGNORECASE
)

MAX_PREAMBLE: Final = 8192
"""Number of characters in which the first tag is searched: servers print warnings before it."""

MAX_DOCTYPE: Final = 65536
"""Longest document type declaration, in characters; that of RSS 0.91 has 120."""


@dataclass(frozen=True, slots=True)
class ParsedXml:
    """A parsed document.

    Attributes:
        root: The root; None if there is no element.
        ends: Whether the document has an end. If not, it was cut off in transfer, and the entry
            that it ended in is left out.
    """

    root: etree._Element | None
    ends: bool = True


def parse_xml(text: str) -> ParsedXml:
    """Parse XML strictly; if it is not well-formed, balance its tags and parse it again.

    A document type declaration is removed before parsing, so that only XML's five entities
    are defined, and nothing outside the document is read.

    Args:
        text: Decoded text; the encoding in an XML declaration is ignored.

    References:
        XML 1.0, section 2.2 (characters), 4.1 (references); the names of HTML's entities,
        which feeds use without declaring them, from `html.entities`; `balance_xml` for the rest.
    """
    plain = _without_doctype(_from_first_tag(text))
    # A CDATA section without its end swallows what follows, up to the end of the next section, in a
    # document that is well-formed.
    if plain.count("<![CDATA[") <= plain.count("]]>"):
        try:
            return ParsedXml(etree.fromstring(plain.encode(), _parser(recover=False)))
        except (etree.XMLSyntaxError, ValueError):
            pass
    balanced = balance_xml(plain)
    try:
        # Recovery mode for what balancing leaves, such as undeclared prefixes.
        root = etree.fromstring(balanced.text.encode("utf-8", "replace"), _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        root = None
    return ParsedXml(root, ends=balanced.ends)


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


def local_name(name: str) -> str:
    """Return the name of an element or attribute without its namespace or undeclared prefix.

    A recovered document may contain prefixes that it does not declare, which `etree.QName` refuses.

    Examples:
        >>> local_name("{http://www.w3.org/1999/xhtml}p"), local_name("media:title")
        ('p', 'title')
    """
    return name.rpartition("}")[2].rpartition(":")[2]


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
    name = local_name(element.tag)
    attributes = "".join(
        f' {local_name(key)}="{escape(value, {chr(34): "&quot;"})}"'
        for key, value in element.attrib.items()
    )
    if name.lower() in VOID:
        # An HTML parser reads </br> as another line break.
        return f"<{name}{attributes}>{inner_xml(element)}"
    return f"<{name}{attributes}>{inner_xml(element)}</{name}>"
