"""Parse RSS, RDF and Atom."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import compress
from typing import Final

from lxml import etree

from streams.sources.feeds.parsing.dates import entry_time, readable_date
from streams.sources.feeds.parsing.model import Entry, Feed, absolute_url, base_url
from streams.sources.feeds.parsing.xml_element import (
    ChildrenByName,
    children_by_name,
    element_name,
    first_markup,
    first_text,
    longest_content,
    text_of,
)
from streams.sources.feeds.parsing.xml_repair import inner_xml

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
"""Elements that may name an author."""

SUMMARIES: Final = ("description", "summary", "dc:description", "itunes:summary")
"""Elements that may contain a teaser, the best first."""

MAX_MEDIA: Final = 50
"""Number of groups of media of an entry that are searched for a description."""

PAGE_TYPES: Final = ("", "text/html", "application/xhtml+xml", "text/plain", "html")


def feed_from_xml(root: etree._Element, *, url: str = "", max_entries: int) -> Feed | None:
    """Return the feed of a document; None if the root is not that of a feed.

    Args:
        root: Root returned by `streams.sources.feeds.parsing.xml_repair.parse_xml`.
        url: URL of the document, the base of relative links.
        max_entries: Largest number of entries to return.

    References:
        RSS 2.0 (rssboard.org), RSS 1.0 (RDF), RFC 4287 (Atom 1.0), Atom 0.3.
    """
    kind = {"rss": "rss", "channel": "rss", "rdf:rdf": "rdf", "rdf": "rdf", "feed": "atom"}.get(
        element_name(root.tag)
    )
    if kind is None:
        return None
    entries = [
        node
        for node in root.iter("{*}item", "{*}entry", "{*}ITEM", "{*}Item")
        if element_name(node.tag) in {"item", "entry"}
    ]
    declared = root.get(_XML_BASE, "")
    fields = children_by_name(root)
    if "channel" in fields:
        declared = fields["channel"][0].base or declared
        fields = children_by_name(fields["channel"][0])
    links = tuple(_links(fields, absolute_url(declared, url) or url))
    site = _page(links) or absolute_url(first_text(fields, "link"), url)
    own = next((href for rel, _, href in links if rel == "self"), "")
    base = base_url(url, site=site, own=own, declared=declared)
    language = first_text(fields, "language", "dc:language") or root.get(_XML_LANG, "")
    language = language.replace("_", "-")
    return Feed(
        format=kind,
        title=first_markup(fields, "title", "dc:title", url=url).text,
        link=site,
        language=language,
        entries=tuple(
            _entry(node, base, language, typed=kind == "atom") for node in entries[:max_entries]
        ),
        n_left_out=max(0, len(entries) - max_entries),
        least_interval=_least_interval(fields),
        hub=next((href for rel, _, href in links if rel == "hub"), ""),
        self_url=own,
    )


_PLAIN_NAMES: Final = ("title", "summary", "content")


def _plain_names(*are_plain: bool) -> frozenset[str]:
    """Return which of the texts are plain; most entries have none."""
    if not any(are_plain):
        return frozenset()
    return frozenset(compress(_PLAIN_NAMES, are_plain))


def _add_media(fields: ChildrenByName) -> None:
    """Add title and description of a video or picture, which may be in two levels of groups.

    References:
        Media RSS 1.5.1: elements of media:group and media:content apply to the item.
    """
    groups = [*fields.get("media:group", ()), *fields.get("media:content", ())][:MAX_MEDIA]
    for group in groups:  # grows
        for name, nodes in children_by_name(group).items() if len(group) else ():
            if name in {"media:title", "media:description"}:
                fields.setdefault(name, []).extend(nodes)
            elif name == "media:content" and len(groups) < MAX_MEDIA:
                groups.extend(nodes)


def _entry(node: etree._Element, base: str, language: str, *, typed: bool = False) -> Entry:
    fields = children_by_name(node)
    if _XML_BASE in node.attrib:
        base = absolute_url(node.attrib[_XML_BASE], base)
    published = readable_date(first_text(fields, *PUBLISHED), language)
    updated = first_text(fields, *UPDATED) or node.get("LASTMOD", node.get("lastmod", ""))
    updated = readable_date(updated, language)
    _add_media(fields)
    both = _both_texts(fields)
    title = first_markup(fields, "title", "dc:title", "media:title", url=base, typed=typed)
    summary = first_markup(fields, *(both or SUMMARIES), "media:description", url=base, typed=typed)
    content = longest_content(fields, url=base, typed=typed)
    if not content.text:
        content = first_markup(fields, *both[1:], url=base, typed=typed)
    name = _id(fields) or node.get(_RDF_ABOUT, "")
    link = _page(_links(fields, base)) or absolute_url(_own_link(node, fields, name), base)
    original = _original_link(fields)
    return Entry(
        id=name,
        link=original or link,
        via=link if original else "",
        title=title.text,
        summary=summary.text,
        content=content.text,
        authors=tuple(dict.fromkeys(_authors(fields))) if AUTHORS & fields.keys() else (),
        published=published,
        updated=updated,
        time=entry_time(published, language) or entry_time(updated, language),
        plain=_plain_names(title.is_plain, summary.is_plain, content.is_plain),
        publisher=_publisher(fields),
    )


def _publisher(fields: ChildrenByName) -> str:
    """Return the name of the feed that an entry comes from (RSS 2.0 and RFC 4287: ``source``)."""
    for node in fields.get("source", ()):
        return first_text(children_by_name(node), "title") if len(node) else text_of(node)
    return ""


def _both_texts(fields: ChildrenByName) -> tuple[str, ...]:
    """Return the names of description and summary in order, if an item has both.

    The first is then a teaser of the second.
    """
    if "description" in fields and "summary" in fields:
        return tuple(name for name in fields if name in {"description", "summary"})
    return ()


def _id(fields: ChildrenByName) -> str:
    """Return the id of an entry.

    A relative id is resolved with the base declared in the document, not with the URL of the
    feed: the id must not change when the feed moves (RFC 4287, section 4.2.6).
    """
    if name := first_text(fields, "id"):
        base = "" if ":" in name else fields["id"][0].base
        return absolute_url(name, base) if base and "://" in base else name
    for node in fields.get("guid", ()):
        # A string with "no rules for the syntax" (RSS 2.0): tags in it may be the difference
        # between two guids, and are kept.
        text: str = (inner_xml(node) if len(node) else node.text or "").strip()
        if text:
            return text
    return ""


def _own_link(node: etree._Element, fields: ChildrenByName, name: str) -> str:
    """Return the link of an entry without a link element: an attribute, or its permanent id."""
    own: str = node.get("HREF", node.get("href", ""))
    if own or "://" not in name:
        return own
    guid = next(iter(fields.get("guid", ())), None)
    is_link = guid is None or guid.get("isPermaLink", "true").strip().lower() != "false"
    return name if is_link else ""


def _original_link(fields: ChildrenByName) -> str:
    """Return the link that a service which counts clicks replaced by its own; empty if none.

    References:
        FeedBurner's and Pheedo's extension elements ``origLink``.
    """
    original = first_text(fields, "feedburner:origlink", "pheedo:origlink")
    return original if original.lower().startswith(("http://", "https://")) else ""


FeedLink = tuple[str, str, str]
"""A link: relation, MIME type and absolute URL."""


def _links(fields: ChildrenByName, base: str) -> Iterator[FeedLink]:
    own = fields.get("link", ())
    # The last of several RSS links has precedence, as in feedparser and gofeed.
    ordered = own if len(own) < 2 or own[0].get("href") else own[::-1]  # noqa: PLR2004
    for node in (*ordered, *fields.get("?:link", ())):
        href = node.get("href")
        if href is not None:
            kind = node.get("type", "").partition(";")[0].strip().lower()
            own_base = node.get(_XML_BASE)
            inside = absolute_url(own_base, base) if own_base else base
            yield node.get("rel", "alternate").lower(), kind, absolute_url(href, inside)
        elif text := text_of(node):
            yield node.get("rel", "alternate").lower(), "", absolute_url(text, base)


def _page(links: Iterable[FeedLink]) -> str:
    """Return the link to the page: the first alternate with the type of a page."""
    for rel, kind, href in links:
        if rel == "alternate" and href and kind in PAGE_TYPES:
            return href
    return ""


def _authors(fields: ChildrenByName) -> Iterator[str]:
    for name in ("author", "dc:creator", "dc:author", "itunes:author"):
        if name not in fields or (
            name == "itunes:author" and ("author" in fields or "dc:creator" in fields)
        ):
            continue
        for node in fields[name]:
            text = first_text(children_by_name(node), "name") if len(node) else text_of(node)
            if text:
                yield _person(text)


def _person(text: str) -> str:
    """Return the name in ``mail@host (Name)``, the form of an author in RSS."""
    mail, bracket, rest = text.partition("(")
    return rest.rstrip(") ").strip() or text if bracket and "@" in mail else text


def _least_interval(fields: ChildrenByName) -> timedelta | None:
    intervals = [
        timedelta(minutes=minutes) for minutes in (_number(first_text(fields, "ttl")),) if minutes
    ]
    hours = PERIODS.get(first_text(fields, "sy:updateperiod").lower())
    if hours:
        intervals.append(
            timedelta(hours=hours) / (_number(first_text(fields, "sy:updatefrequency")) or 1)
        )
    return max(intervals, default=None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0  # noqa: PLR2004
