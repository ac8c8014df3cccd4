"""Parse with feedparser what the project's own parser cannot read."""

import calendar
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from streams.sources.feeds.parsing.model import Entry, Feed


def feed_by_feedparser(text: str, *, url: str = "", max_entries: int) -> Feed | None:
    """Parse old and broken formats (CDF, RSS in fragments); return None without an entry.

    Args:
        text: Decoded body.
        url: Base of relative links.
        max_entries: Largest number of entries to return.
    """
    parsed = feedparser.parse(
        # A stream, because feedparser would open a text that looks like a URL or a path.
        BytesIO(text.encode("utf-8", "replace")),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            **({"content-location": url} if url else {}),
        },
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.entries:
        return None
    entries = tuple(_entry(entry) for entry in parsed.entries[:max_entries])
    return Feed(
        format="other",
        title=parsed.feed.get("title") or "",
        link=parsed.feed.get("link") or "",
        language=parsed.feed.get("language") or "",
        entries=entries,
        n_left_out=max(0, len(parsed.entries) - max_entries),
    )


def _entry(entry: Any) -> Entry:
    contents = [part.get("value") or "" for part in entry.get("content", ())]
    # feedparser's `get` falls back from one key to the other and emits a warning, which is not
    # safe in threads.
    updated, updated_parsed = (dict.get(entry, name) for name in ("updated", "updated_parsed"))
    published = entry.get("published_parsed") or updated_parsed
    return Entry(
        id=entry.get("id") or "",
        link=entry.get("link") or "",
        title=entry.get("title") or "",
        summary=entry.get("summary") or "",
        content=max(contents, key=len, default=""),
        authors=tuple(
            dict.fromkeys(
                name for author in entry.get("authors", ()) if (name := author.get("name"))
            )
        ),
        published=entry.get("published") or "",
        updated=updated or "",
        time=datetime.fromtimestamp(calendar.timegm(published), UTC) if published else None,
    )
