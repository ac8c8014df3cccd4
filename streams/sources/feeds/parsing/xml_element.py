"""Elements of feeds by name: a node in, its children under the names that formats share, out."""

import binascii
from base64 import b64decode
from itertools import islice
from typing import Final

from lxml import etree

from streams.sources.feeds.parsing.html_links import has_relative_links, with_absolute_links
from streams.sources.feeds.parsing.model import absolute_url
from streams.sources.feeds.parsing.xml_repair import inner_xml

NAMESPACES: Final = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
"""Vocabularies beside the formats' own that are read here; every other one of `CORE` or none."""

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
"""How the namespaces of RSS 0.9 to 2.0 and Atom begin (feedparser's ``namespaces``, 2026-11)."""

CONTENT: Final = frozenset(
    ("content:encoded", "content", "fullitem", "xhtml:body", "body", "xhtml:div")
)
"""What may hold an article whole."""

PLAIN_TYPES: Final = frozenset(("text", "text/plain"))
"""How an Atom element says that its text is none of HTML (RFC 4287, section 3.1.1.1)."""

_NAMES: dict[str, str] = {}
MAX_NAMES: Final = 4096
MAX_CHILDREN: Final = 50_000
"""Children of an element that are looked at: 800,000 with names of their own took 8 s."""

MAX_NAME: Final = 120

ChildrenByName = dict[str, list[etree._Element]]  # noqa: SLF001  # lxml names its class so


def children_by_name(node: etree._Element) -> ChildrenByName:
    """Give the children of a node by their names, in the document's order."""
    fields: ChildrenByName = {}
    known = _NAMES.get
    for child in islice(node, MAX_CHILDREN):
        tag = child.tag
        name = known(tag)
        if name is None:
            # An entity that is defined nowhere is no element.
            if not isinstance(tag, str):
                continue
            name = element_name(tag)
        if name in fields:
            fields[name].append(child)
        else:
            fields[name] = [child]
    return fields


def element_name(tag: str) -> str:
    """Name an element: vocabulary and local name in lower case, without one of the format's own."""
    name = _NAMES.get(tag)
    if name is None:
        name = _spelled(tag)
        # Remembered to save time, but not without end: somebody may make names up.
        if len(_NAMES) < MAX_NAMES and len(tag) < MAX_NAME:
            _NAMES[tag] = name
    return name


def _spelled(tag: str) -> str:
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    local = local.lower()
    namespace = namespace.lower()
    if namespace in NAMESPACES:
        return f"{NAMESPACES[namespace]}:{local}"
    if not namespace or namespace.startswith(CORE):
        # A prefix that is not declared stays part of the name.
        prefix, colon, rest = local.partition(":")
        return rest if colon and prefix in {"atom", "rss", "a"} else local
    return f"?:{local}"


def text_of(node: etree._Element) -> str:
    """Give the text of an element, without the tags in it."""
    return (("".join(node.itertext()) if len(node) else node.text) or "").strip()


def first_text(fields: ChildrenByName, *names: str) -> str:
    """Give the text of the first that has any."""
    for name in names:
        if name in fields:
            for node in fields[name]:
                if text := text_of(node):
                    return text
    return ""


def first_markup(fields: ChildrenByName, *names: str, url: str) -> str:
    """Give the first of these texts, with its markup where it has some.

    Args:
        fields: As `children_by_name` gives them.
        names: To look for, the best first.
        url: Where the document was fetched: what relative links start from, unless
            the document says otherwise.
    """
    for name in names:
        if name in fields:
            for node in fields[name]:
                text = markup_of(node, url=url)
                if text:
                    return text
    return ""


def longest_content(fields: ChildrenByName, *, url: str) -> str:
    """Give the longest of what may hold the article whole."""
    longest = ""
    for name in CONTENT & fields.keys():
        for node in fields[name]:
            text = "" if node.get("src") else markup_of(node, url=url)
            longest = max(longest, text, key=len)
    return longest


def markup_of(node: etree._Element, *, url: str) -> str:
    """Give what an element holds, as a text with markup, its links absolute.

    References:
        RFC 4287, section 3.1.1 (text, html, xhtml); XML Base, section 3.
    """
    text = (_inner_markup(node) if len(node) else _decoded(node)).strip()
    # What says that it is plain text may speak of links, but has none.
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
        # Escaped HTML in a div that should not be there (section 3.1.1.2), as TypePad had it.
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
