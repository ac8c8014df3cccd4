"""RSS, RDF and Atom: the root of a parsed document in, a feed out."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from lxml import etree

from streams.sources.feeds.date import entry_time
from streams.sources.feeds.feed import Entry, Feed, absolute
from streams.sources.feeds.xml_text import inner_xml

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

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

PUBLISHED: Final = (
    "published",
    "pubdate",
    "issued",
    "dcterms:issued",
    "dcterms:created",
    "created",
)
UPDATED: Final = ("updated", "modified", "dc:date", "dcterms:modified", "lastbuilddate", "date")
PERIODS: Final = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
"""Hours of ``sy:updatePeriod`` (RDF Site Summary 1.0 Modules: Syndication)."""

AUTHORS: Final = frozenset(("author", "dc:creator", "dc:author", "itunes:author"))
"""What may name an author."""

CONTENT: Final = frozenset(
    ("content:encoded", "content", "fullitem", "xhtml:body", "body", "xhtml:div")
)
"""What may hold an article whole."""

PAGE_TYPES: Final = ("", "text/html", "application/xhtml+xml", "text/plain", "html")


def feed_from_xml(root: etree._Element, *, url: str = "", max_entries: int) -> Feed | None:
    """Read a feed from its root; None where the root is that of no feed.

    Args:
        root: As `streams.sources.feeds.xml_text.parsed_xml` gives it.
        url: Where it was fetched: what relative links start from.
        max_entries: More than these are left out.

    References:
        RSS 2.0 (rssboard.org), RSS 1.0 (RDF), RFC 4287 (Atom 1.0), Atom 0.3.
    """
    kind = {"rss": "rss", "channel": "rss", "rdf:rdf": "rdf", "rdf": "rdf", "feed": "atom"}.get(
        _name(root.tag)
    )
    if kind is None:
        return None
    entries = [
        node
        for node in root.iter("{*}item", "{*}entry", "{*}ITEM", "{*}Item")
        if _name(node.tag) in {"item", "entry"}
    ]
    base = absolute(root.get(_XML_BASE, url), url)
    fields = _grouped(root)
    if "channel" in fields:
        fields = _grouped(fields["channel"][0])
    links = tuple(_links(fields, base))
    return Feed(
        format=kind,
        title=_construct(fields, "title", "dc:title"),
        link=_page(links) or absolute(_text_of(fields, "link"), base),
        language=_text_of(fields, "language", "dc:language") or root.get(_XML_LANG, ""),
        entries=tuple(_entry(node, base) for node in entries[:max_entries]),
        n_left_out=max(0, len(entries) - max_entries),
        least_interval=_least_interval(fields),
        hub=next((href for rel, _, href in links if rel == "hub"), ""),
        self_url=next((href for rel, _, href in links if rel == "self"), ""),
    )


def _entry(node: etree._Element, base: str) -> Entry:
    fields = _grouped(node)
    if _XML_BASE in node.attrib:
        base = absolute(node.attrib[_XML_BASE], base)
    published = _text_of(fields, *PUBLISHED)
    updated = _text_of(fields, *UPDATED) or node.get("LASTMOD", node.get("lastmod", ""))
    summary = _construct(fields, "description", "summary", "dc:description", "itunes:summary")
    content = _content(fields)
    links = tuple(_links(fields, base))
    guid = next(iter(fields.get("guid", ())), None)
    name = _text_of(fields, "id", "guid") or node.get(_RDF_ABOUT, "")
    is_link = guid is None or guid.get("isPermaLink", "true").strip().lower() != "false"
    own = node.get("HREF", node.get("href", "")) or (name if is_link and "://" in name else "")
    link = _page(links) or absolute(own, base)
    return Entry(
        id=name,
        link=link,
        title=_construct(fields, "title", "dc:title", "media:title"),
        summary=summary or _text_of(fields, "media:description"),
        content=content,
        authors=tuple(dict.fromkeys(_authors(fields))) if AUTHORS & fields.keys() else (),
        published=published,
        updated=updated,
        time=entry_time(published) or entry_time(updated),
        markup=not _is_plain(fields),
    )


Fields = dict[str, list[etree._Element]]  # noqa: SLF001  # lxml names its class so


def _grouped(node: etree._Element) -> Fields:
    fields: Fields = {}
    for child in node:
        tag = child.tag
        # An entity that is defined nowhere is no element.
        if isinstance(tag, str):
            fields.setdefault(_name(tag), []).append(child)
    return fields


def _name(tag: str) -> str:
    """Name an element: vocabulary and local name in lower case, without one of the format's own."""
    name = _NAMES.get(tag)
    if name is None:
        name = _spelled(tag)
        # Remembered to save time, but not without end: somebody may make names up.
        if len(_NAMES) < MAX_NAMES and len(tag) < MAX_NAME:
            _NAMES[tag] = name
    return name


_NAMES: dict[str, str] = {}
MAX_NAMES: Final = 4096
MAX_NAME: Final = 120


def _spelled(tag: str) -> str:
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    local = local.lower()
    if namespace in NAMESPACES:
        return f"{NAMESPACES[namespace]}:{local}"
    if not namespace or namespace.lower().startswith(CORE):
        # A prefix that is not declared stays part of the name.
        prefix, colon, rest = local.partition(":")
        return rest if colon and prefix in {"atom", "rss", "a"} else local
    return f"?:{local}"


def _text_of(fields: Fields, *names: str) -> str:
    """Give the text of the first that has any."""
    for name in names:
        if name in fields:
            for node in fields[name]:
                text = (("".join(node.itertext()) if len(node) else node.text) or "").strip()
                if text:
                    return text
    return ""


def _construct(fields: Fields, *names: str) -> str:
    """Give the first of these texts, with its markup where it has some."""
    for name in names:
        if name in fields:
            for node in fields[name]:
                text = _markup(node)
                if text:
                    return text
    return ""


def _markup(node: etree._Element) -> str:
    if len(node):
        only = node[0] if len(node) == 1 and not (node.text or "").strip() else None
        # RFC 4287, section 3.1.1.3: the div is not part of the content.
        if only is not None and node.get("type") == "xhtml" and _name(only.tag).endswith("div"):
            return inner_xml(only).strip()
        return inner_xml(node).strip()
    text = (node.text or "").strip()
    if not text or not node.attrib:
        return text
    kind = node.get("type", "")
    encoded = node.get("mode") == "base64" or (
        "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html"))
    )
    return _from_base64(text) if encoded else text


def _from_base64(text: str) -> str:
    try:
        return b64decode(text, validate=False).decode("utf-8").strip()
    except (binascii.Error, ValueError):
        return text


def _content(fields: Fields) -> str:
    """Give the longest of what may hold the article whole."""
    longest = ""
    for name in CONTENT & fields.keys():
        for node in fields[name]:
            text = "" if node.get("src") else _markup(node)
            longest = max(longest, text, key=len)
    return longest


def _is_plain(fields: Fields) -> bool:
    """Whether an Atom entry says that its content is text; RSS never says, and has HTML."""
    nodes = [*fields.get("content", ()), *fields.get("summary", ()), *fields.get("title", ())]
    return (
        bool(nodes)
        and "id" in fields
        and all(
            node.get("type", "text") in {"text", "text/plain"} and not len(node) for node in nodes
        )
    )


Link = tuple[str, str, str]
"""Relation, type, absolute URL."""


def _links(fields: Fields, base: str) -> Iterator[Link]:
    own = fields.get("link", [])
    # Of several links of RSS the last one counts: feedparser and gofeed agree on that.
    ordered = own if not own or own[0].get("href") else own[::-1]
    for node in (*ordered, *fields.get("?:link", ())):
        href = node.get("href")
        if href is not None:
            kind = node.get("type", "").partition(";")[0].strip().lower()
            own_base = node.get(_XML_BASE)
            inside = absolute(own_base, base) if own_base else base
            yield node.get("rel", "alternate").lower(), kind, absolute(href, inside)
        elif text := "".join(node.itertext()).strip():
            yield "alternate", "", absolute(text, base)


def _page(links: Iterable[Link]) -> str:
    """Give the link to the page: the first alternate, one of a page's type before others."""
    alternates = [(kind, href) for rel, kind, href in links if rel == "alternate" and href]
    pages = [href for kind, href in alternates if kind in PAGE_TYPES]
    return next(iter(pages), "")


def _authors(fields: Fields) -> Iterator[str]:
    for name in ("author", "dc:creator", "dc:author", "itunes:author"):
        if name == "itunes:author" and ("author" in fields or "dc:creator" in fields):
            continue
        for node in fields.get(name, ()):
            inner = _grouped(node)
            text = _text_of(inner, "name") if inner else "".join(node.itertext()).strip()
            if text:
                yield _person(text)


def _person(text: str) -> str:
    """Take the name from ``mail@host (Name)``, RSS's form of an author."""
    mail, bracket, rest = text.partition("(")
    return rest.rstrip(") ").strip() or text if bracket and "@" in mail else text


def _least_interval(fields: Fields) -> timedelta | None:
    asked = [
        timedelta(minutes=minutes) for minutes in (_number(_text_of(fields, "ttl")),) if minutes
    ]
    hours = PERIODS.get(_text_of(fields, "sy:updateperiod").lower())
    if hours:
        asked.append(
            timedelta(hours=hours) / (_number(_text_of(fields, "sy:updatefrequency")) or 1)
        )
    return max(asked, default=None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0  # noqa: PLR2004
