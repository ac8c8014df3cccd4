"""Parse JSON Feed."""

from typing import Any

from streams.sources.feeds.parsing.dates import entry_time, readable_date
from streams.sources.feeds.parsing.model import Entry, Feed, absolute_url, base_url


def feed_from_json(document: object, *, url: str = "", max_entries: int) -> Feed | None:
    """Return the feed of a JSON document; None if it is not a JSON Feed.

    Args:
        document: Decoded JSON.
        url: URL of the document, the base of relative links.
        max_entries: Largest number of entries to return.

    References:
        JSON Feed 1.1 and 1.0 (jsonfeed.org).

    Examples:
        >>> item = {"id": 7, "url": "https://news.test/7", "content_text": "It rained."}
        >>> feed = feed_from_json({"items": [item]}, max_entries=10)
        >>> feed.entries[0].id
        '7'
    """
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return None
    items = [item for item in document["items"] if isinstance(item, dict)]
    # JSON of other services often has "items" too; "version" is required but often missing.
    if "jsonfeed" not in _text(document, "version") and not any(map(_has_content, items)):
        return None
    language = _text(document, "language")
    site, own = _text(document, "home_page_url"), _text(document, "feed_url")
    base = base_url(url, site=site, own=own)
    hubs = document.get("hubs")
    hub = hubs[0] if isinstance(hubs, list) and hubs and isinstance(hubs[0], dict) else {}
    return Feed(
        format="json",
        title=_text(document, "title"),
        link=site,
        language=language,
        entries=tuple(_entry(item, base, language) for item in items[:max_entries]),
        n_left_out=max(0, len(items) - max_entries),
        hub=_text(hub, "url"),
        self_url=own,
    )


def _entry(item: dict[str, Any], base: str, language: str) -> Entry:
    published, updated = (
        readable_date(_text(item, name), language) for name in ("date_published", "date_modified")
    )
    name = _text(item, "id")
    link = _text(item, "url") or _text(item, "external_url") or (name if "://" in name else "")
    html, text = _text(item, "content_html"), _text(item, "content_text")
    return Entry(
        id=name,
        link=absolute_url(link, base),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=html or text,
        authors=tuple(dict.fromkeys(_authors(item))),
        published=published,
        updated=updated,
        time=entry_time(published, language) or entry_time(updated, language),
        plain=frozenset({"title", "summary"} if html else {"title", "summary", "content"}),
    )


def _has_content(item: dict[str, Any]) -> bool:
    return "content_html" in item or "content_text" in item


def _authors(item: dict[str, Any]) -> list[str]:
    listed = item.get("authors")
    authors = listed if isinstance(listed, list) else [item.get("author")]
    return [
        name for author in authors if isinstance(author, dict) and (name := _text(author, "name"))
    ]


def _text(values: dict[str, Any], key: str) -> str:
    """Return a value as text; numbers are converted, as version 1 requires for ids."""
    value = values.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
