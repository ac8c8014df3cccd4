"""Parse news sitemaps."""

from lxml import etree

from streams.sources.feeds.parsing.dates import entry_time
from streams.sources.feeds.parsing.model import Entry, Feed, FeedError
from streams.sources.feeds.parsing.xml_repair import local_name

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def feed_from_sitemap(root: etree._Element, *, max_entries: int) -> Feed | None:
    """Return the feed of a news sitemap; None if the root is not a sitemap.

    Args:
        root: Root returned by `streams.sources.feeds.parsing.xml_repair.parse_xml`.
        max_entries: Largest number of entries to return.

    Raises:
        FeedError: If it contains pages without news tags, or other sitemaps: an entire site
            would be fetched.

    References:
        sitemaps.org protocol 0.9; Google, "Create a news sitemap"
        (publication_date, title, publication name and language).
    """
    name = local_name(root.tag).lower()
    if name == "sitemapindex":
        raise FeedError("a sitemap index: give the address of its news sitemap")
    if name != "urlset":
        return None
    news = [node for node in root if _local(node) == "url" and _below(node, "news") is not None]
    if not news:
        raise FeedError("a sitemap without news tags: it lists the entire site, not its news")
    entries = tuple(_entry(node) for node in news[:max_entries])
    first = _below(news[0], "news")
    return Feed(
        format="news-sitemap",
        title=_text(first, "name"),
        language=_text(first, "language"),
        entries=entries,
        n_left_out=max(0, len(news) - max_entries),
    )


def _entry(node: etree._Element) -> Entry:
    news = _below(node, "news")
    published = _text(news, "publication_date")
    return Entry(
        link=_text(node, "loc"),
        title=_text(news, "title"),
        published=published,
        updated=_text(node, "lastmod"),
        time=entry_time(published) or entry_time(_text(node, "lastmod")),
        plain=frozenset({"title"}),
    )


def _local(node: etree._Element) -> str:
    return local_name(node.tag).lower() if isinstance(node.tag, str) else ""


def _below(node: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first element with a name below another; news elements have precedence."""
    if node is None:
        return None
    found = node.find(f".//{_NEWS}{name}")
    if found is None:
        found = node.find(f"{_SITEMAP}{name}")
    if found is None:
        found = next((child for child in node.iter() if _local(child) == name), None)
    return found


def _text(node: etree._Element | None, name: str) -> str:
    found = _below(node, name)
    return "" if found is None else "".join(found.itertext()).strip()
