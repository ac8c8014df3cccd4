"""feedparser, for what our own parser cannot read: bytes in, a feed out."""

import calendar
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from streams.sources.feeds.parsing.model import Entry, Feed


def feed_by_feedparser(text: str, *, url: str = "", max_entries: int) -> Feed | None:
    """Read old and broken formats (CDF, RSS in fragments); None where it finds no entry.

    Args:
        text: Decoded.
        url: What relative links start from.
        max_entries: More than these are left out.
    """
    found = feedparser.parse(
        # A stream: a text that looks like a URL or a path would be opened.
        BytesIO(text.encode("utf-8", "replace")),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            **({"content-location": url} if url else {}),
        },
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.entries:
        return None
    entries = tuple(_entry(entry) for entry in found.entries[:max_entries])
    return Feed(
        format="other",
        title=found.feed.get("title", ""),
        link=found.feed.get("link", ""),
        language=found.feed.get("language", ""),
        entries=entries,
        n_left_out=max(0, len(found.entries) - max_entries),
    )


def _entry(entry: Any) -> Entry:
    contents = [part.get("value", "") for part in entry.get("content", ())]
    # `get` would take one for the other and warn of it, and warnings are not for threads.
    updated, updated_parsed = (dict.get(entry, name) for name in ("updated", "updated_parsed"))
    published = entry.get("published_parsed") or updated_parsed
    return Entry(
        id=entry.get("id", ""),
        link=entry.get("link", ""),
        title=entry.get("title", ""),
        summary=entry.get("summary", ""),
        content=max(contents, key=len, default=""),
        authors=tuple(
            dict.fromkeys(name for one in entry.get("authors", ()) if (name := one.get("name")))
        ),
        published=entry.get("published", ""),
        updated=updated or "",
        time=datetime.fromtimestamp(calendar.timegm(published), UTC) if published else None,
    )
