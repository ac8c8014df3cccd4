"""The alerts of a saved search in, a feed for readers out: Atom or JSON Feed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from lxml import etree
from lxml.builder import ElementMaker

from streams.records import Alert, AlertKind, Field, Subscription
from streams.records.identity import NAMESPACE

JSON_FEED: Final = "https://jsonfeed.org/version/1.1"

ATOM: Final = ElementMaker(
    namespace="http://www.w3.org/2005/Atom", nsmap={None: "http://www.w3.org/2005/Atom"}
)
"""Makes the elements of a feed."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An alert of a feed, and when it was sent."""

    alert: Alert
    sent: datetime


def atom_feed(
    subscription: Subscription, items: Sequence[FeedItem], *, url: str, changed: datetime
) -> bytes:
    """Write a feed as Atom.

    Total: what XML cannot hold becomes U+FFFD.

    Args:
        subscription: Whose alerts they are.
        items: The newest first.
        url: Where the feed is, without any token.
        changed: When the search was saved last; the feed's time while it has no items.

    References:
        RFC 4287 (Atom). XML 1.0, section 2.2 (characters).
    """
    updated = max((item.sent for item in items), default=changed)
    feed = ATOM.feed(
        ATOM.id(_urn(f"search:{subscription.id}")),
        ATOM.title(_sound(_title(subscription))),
        ATOM.subtitle(_sound(subscription.query)),
        ATOM.updated(updated.isoformat()),
        ATOM.author(ATOM.name("News Streams")),
        ATOM.link(href=_sound(url), rel="self", type="application/atom+xml"),
        ATOM.generator("News Streams"),
        *(_entry(item) for item in items),
    )
    written: bytes = etree.tostring(feed, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _entry(item: FeedItem) -> Any:
    alert = item.alert
    entry = ATOM.entry(
        ATOM.id(_urn(f"alert:{alert.id}")),
        ATOM.title(_sound(_headline(alert))),
        ATOM.updated(item.sent.isoformat()),
        ATOM.published((alert.published or item.sent).isoformat()),
        ATOM.content(_sound(content_html(alert)), type="html"),
        *(ATOM.category(term=_sound(name)) for name in _tags(alert)),
    )
    if _is_web(alert.url):
        entry.append(ATOM.link(href=_sound(alert.url), rel="alternate"))
    if alert.source:
        entry.append(ATOM.author(ATOM.name(_sound(alert.source))))
    if alert.summary:
        entry.append(ATOM.summary(_sound(alert.summary)))
    return entry


def json_feed(subscription: Subscription, items: Sequence[FeedItem], *, url: str) -> bytes:
    """Write a feed as JSON Feed.

    Args:
        subscription: Whose alerts they are.
        items: The newest first.
        url: Where the feed is, without any token.

    References:
        JSON Feed 1.1 (jsonfeed.org).
    """
    return orjson.dumps(
        {
            "version": JSON_FEED,
            "title": _title(subscription),
            "description": subscription.query,
            "feed_url": url,
            "items": [_json_item(item) for item in items],
        }
    )


def content_html(alert: Alert) -> str:
    """Write what a reader sees of an alert: where it matched, and by what; all of it escaped.

    Examples:
        >>> article = "6b626991-d331-5668-91ea-aedb6407150e"
        >>> content_html(Alert(id="s/a/1", subscription_id="s", article_id=article, summary="<b>"))
        '<p>&lt;b&gt;</p>'
    """
    shown = _marked(alert) if alert.passage else escape(alert.summary)
    matched = ", ".join(escape(clause.text) for clause in alert.clauses)
    return f"<p>{shown}</p>" + (f"<p>matched: {matched}</p>" if matched else "")


def _marked(alert: Alert) -> str:
    """Write the passage with what matched in bold."""
    passage, at, parts = alert.passage, 0, []
    for place in alert.highlights:
        start, end = place.start - alert.passage_start, place.end - alert.passage_start
        if place.field is Field.TEXT and at <= start < end <= len(passage):
            parts += [escape(passage[at:start]), f"<b>{escape(passage[start:end])}</b>"]
            at = end
    return "".join([*parts, escape(passage[at:])])


def _json_item(item: FeedItem) -> dict[str, Any]:
    alert = item.alert
    found: dict[str, Any] = {
        "id": _urn(f"alert:{alert.id}"),
        "title": _headline(alert),
        "content_html": content_html(alert),
        "summary": alert.summary,
        "date_published": alert.published or item.sent,
        "date_modified": item.sent,
        "tags": _tags(alert),
    }
    if _is_web(alert.url):
        found["url"] = alert.url
    if alert.source:
        found["authors"] = [{"name": alert.source}]
    if alert.language != "und":
        found["language"] = alert.language
    return found


def _title(subscription: Subscription) -> str:
    return subscription.name or subscription.query


def _headline(alert: Alert) -> str:
    """Give the title, and say what the article is when it is not a new one."""
    title = " ".join(alert.title.split()) or "(no title)"
    return title if alert.kind is AlertKind.NEW else f"{title} ({alert.kind})"


def _tags(alert: Alert) -> list[str]:
    return list(dict.fromkeys(entity.name for entity in alert.entities))


def _is_web(url: str) -> bool:
    """Whether a reader may be sent there: never to ``javascript:``."""
    return url.lower().startswith(("http://", "https://"))


def _urn(name: str) -> str:
    found: UUID = uuid5(NAMESPACE, f"urn:news:{name}")
    return found.urn


def _sound(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
