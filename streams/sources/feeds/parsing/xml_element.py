"""Read elements of XML feeds by names that are common to all formats."""

import binascii
from base64 import b64decode
from itertools import islice
from typing import Final, NamedTuple

from lxml import etree

from streams.sources.feeds.markup import has_markup
from streams.sources.feeds.parsing.html_links import has_relative_links, with_absolute_links
from streams.sources.feeds.parsing.model import absolute_url
from streams.sources.feeds.parsing.xml_repair import inner_xml

NAMESPACES: Final = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.pheedo.com/namespace/pheedo": "pheedo",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
"""Prefixes of the vocabularies that are read in addition to the formats' own (`CORE`)."""

CORE: Final = (
    "http://www.w3.org/2005/atom",
    "http://purl.org/atom/ns",
    "http://purl.org/pie/",
    "http://example.com/newformat",
    "http://example.com/necho",
    "http://purl.org/echo",
    "uri/of/echo/namespace",
    "http://purl.org/rss/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://my.netscape.com/publish/formats/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://cyber.law.harvard.edu/rss",
)
"""Beginnings of the namespaces of RSS 0.9 to 2.0 and Atom (feedparser's ``namespaces``, 2026-11).
"""

CONTENT: Final = frozenset(
    ("content:encoded", "content", "fullitem", "xhtml:body", "body", "xhtml:div")
)
"""Elements that may contain the full article."""

PLAIN_TYPES: Final = frozenset(("text", "text/plain", "plain"))
"""Types of elements whose text is not HTML (RFC 4287, section 3.1.1.1; Media RSS 1.5.1)."""

_NAMES: dict[str, str] = {}
MAX_NAMES: Final = 4096
MAX_CHILDREN: Final = 50_000
"""Number of children of an element that are read: 800,000 with different names took 8 s."""

MAX_NAME: Final = 120

ChildrenByName = dict[str, list[etree._Element]]  # noqa: SLF001  # lxml names its class so


def children_by_name(node: etree._Element) -> ChildrenByName:
    """Return the children of a node by name, in the document's order."""
    fields: ChildrenByName = {}
    cached = _NAMES.get
    for child in islice(node, MAX_CHILDREN):
        tag = child.tag
        name = cached(tag)
        if name is None:
            # Comments and undefined entities are not elements.
            if not isinstance(tag, str):
                continue
            name = element_name(tag)
        if name in fields:
            fields[name].append(child)
        else:
            fields[name] = [child]
    return fields


def element_name(tag: str) -> str:
    """Return prefix and local name of an element in lower case; core elements have no prefix."""
    name = _NAMES.get(tag)
    if name is None:
        name = _prefixed_name(tag)
        # Cached to save time, up to a limit: a document may contain any number of names.
        if len(_NAMES) < MAX_NAMES and len(tag) < MAX_NAME:
            _NAMES[tag] = name
    return name


def _prefixed_name(tag: str) -> str:
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    local = local.lower()
    namespace = namespace.lower()
    if namespace in NAMESPACES:
        return f"{NAMESPACES[namespace]}:{local}"
    if not namespace or namespace.startswith(CORE):
        # An undeclared prefix is part of the local name.
        prefix, colon, rest = local.partition(":")
        return rest if colon and prefix in {"atom", "rss", "a"} else local
    return f"?:{local}"


def text_of(node: etree._Element) -> str:
    """Return the text of an element, without tags."""
    return (("".join(node.itertext()) if len(node) else node.text) or "").strip()


def first_text(fields: ChildrenByName, *names: str) -> str:
    """Return the text of the first element with one of the names that is not empty."""
    for name in names:
        if name in fields:
            for node in fields[name]:
                if text := text_of(node):
                    return text
    return ""


class Markup(NamedTuple):
    """A text of an element.

    Attributes:
        text: The text, with its markup.
        is_plain: Whether it is plain text, and not HTML.
    """

    text: str = ""
    is_plain: bool = False


def first_markup(fields: ChildrenByName, *names: str, url: str, typed: bool = False) -> Markup:
    """Return the first text that is not empty, including its markup.

    Args:
        fields: Children by name, from `children_by_name`.
        names: Names to search, the best first.
        url: URL of the document, the base of relative links unless the document declares one.
        typed: Whether the format is Atom, in which an element without a type is plain text.
    """
    for name in names:
        if name in fields:
            for node in fields[name]:
                text = markup_of(node, url=url)
                if text:
                    return Markup(text, _is_plain(node, name, text, typed=typed))
    return Markup()


def longest_content(fields: ChildrenByName, *, url: str, typed: bool = False) -> Markup:
    """Return the longest text of the elements that may contain the full article."""
    longest = Markup()
    for name in sorted(CONTENT & fields.keys()):
        for node in fields[name]:
            text = "" if node.get("src") else markup_of(node, url=url)
            if len(text) > len(longest.text):
                longest = Markup(text, _is_plain(node, name, text, typed=typed))
    return longest


def _is_plain(node: etree._Element, name: str, text: str, *, typed: bool) -> bool:
    """Return whether an element declares plain text; RSS has no declaration, and is HTML.

    Atom and Media RSS mean plain text if they declare nothing, but feeds often forget the type.
    """
    kind = node.get("type")
    if kind is not None:
        return kind.strip().lower() in PLAIN_TYPES and not len(node)
    return (typed or name.startswith("media:")) and not len(node) and not has_markup(text)


def markup_of(node: etree._Element, *, url: str) -> str:
    """Return the content of an element as text with markup and absolute links.

    References:
        RFC 4287, section 3.1.1 (text, html, xhtml); XML Base, section 3.
    """
    text = (_inner_markup(node) if len(node) else _decoded(node)).strip()
    # Declared plain text may quote markup, but contains no links.
    if "=" in text and has_relative_links(text) and node.get("type") not in PLAIN_TYPES:
        return with_absolute_links(text, absolute_url(node.base or url, url))
    return text


def _inner_markup(node: etree._Element) -> str:
    only = node[0] if len(node) == 1 and not (node.text or "").strip() else None
    if only is None or not element_name(only.tag).endswith("div"):
        return inner_xml(node)
    kind = node.get("type")
    if kind == "xhtml":
        # RFC 4287, section 3.1.1.3: the div is not part of the content.
        return inner_xml(only)
    if kind == "html" and not len(only) and "<" in (only.text or ""):
        # Escaped HTML in a div, which section 3.1.1.2 forbids, as TypePad wrote it.
        return only.text or ""
    return inner_xml(node)


def _decoded(node: etree._Element) -> str:
    text = node.text or ""
    if not text or not node.attrib:
        return text
    kind = node.get("type", "")
    encoded = node.get("mode") == "base64" or (
        "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html"))
    )
    return _from_base64(text) if encoded else text


def _from_base64(text: str) -> str:
    try:
        return b64decode(text, validate=False).decode("utf-8")
    except (binascii.Error, ValueError):
        return text
