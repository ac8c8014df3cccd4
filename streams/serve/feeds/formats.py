"""Write the alerts of a saved search as an Atom feed or a JSON Feed."""

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

from streams.records import Alert, AlertKind, Field, Subscription, named_entities
from streams.records.identity import NAMESPACE

JSON_FEED: Final = "https://jsonfeed.org/version/1.1"

ATOM: Final = ElementMaker(
    namespace="http://www.w3.org/2005/Atom", nsmap={None: "http://www.w3.org/2005/Atom"}
)
"""Creates the elements of an Atom feed."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An alert of a feed, and the time it was sent."""

    alert: Alert
    sent: datetime


def atom_feed(
    subscription: Subscription, items: Sequence[FeedItem], *, url: str, changed: datetime
) -> bytes:
    """Return an Atom feed.

    Total: characters that XML does not allow become U+FFFD.

    Args:
        subscription: The saved search.
        items: Its alerts, the newest first.
        url: URL of the feed, without a token.
        changed: When the search was last saved; the time of a feed without items.

    References:
        RFC 4287 (Atom). XML 1.0, section 2.2 (characters).
    """
    updated = max((item.sent for item in items), default=changed)
    feed = ATOM.feed(
        ATOM.id(_urn(f"search:{subscription.id}")),
        ATOM.title(_xml_safe(_title(subscription))),
        ATOM.subtitle(_xml_safe(subscription.query)),
        ATOM.updated(updated.isoformat()),
        ATOM.author(ATOM.name("News Streams")),
        ATOM.link(href=_xml_safe(url), rel="self", type="application/atom+xml"),
        ATOM.generator("News Streams"),
        *(_entry(item) for item in items),
    )
    xml: bytes = etree.tostring(feed, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return xml


def _entry(item: FeedItem) -> Any:
    alert = item.alert
    entry = ATOM.entry(
        ATOM.id(_urn(f"alert:{alert.id}")),
        ATOM.title(_xml_safe(_headline(alert))),
        ATOM.updated(item.sent.isoformat()),
        ATOM.published((alert.published or item.sent).isoformat()),
        ATOM.content(_xml_safe(content_html(alert)), type="html"),
        *(ATOM.category(term=_xml_safe(name)) for name in _tags(alert)),
    )
    if _is_web(alert.url):
        entry.append(ATOM.link(href=_xml_safe(alert.url), rel="alternate"))
    if alert.source:
        entry.append(ATOM.author(ATOM.name(_xml_safe(alert.source))))
    if alert.summary:
        entry.append(ATOM.summary(_xml_safe(alert.summary)))
    return entry


def json_feed(subscription: Subscription, items: Sequence[FeedItem], *, url: str) -> bytes:
    """Return a JSON Feed.

    Args:
        subscription: The saved search.
        items: Its alerts, the newest first.
        url: URL of the feed, without a token.

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
    """Return the HTML of an alert: the passage that matched, and the clauses; all text is escaped.

    Examples:
        >>> article = "6b626991-d331-5668-91ea-aedb6407150e"
        >>> content_html(Alert(id="s/a/1", subscription_id="s", article_id=article, summary="<b>"))
        '<p>&lt;b&gt;</p>'
    """
    text = _highlighted(alert) if alert.passage else escape(alert.summary)
    matched = ", ".join(escape(clause.text) for clause in alert.clauses)
    return f"<p>{text}</p>" + (f"<p>matched: {matched}</p>" if matched else "")


def _highlighted(alert: Alert) -> str:
    """Return the passage with the matches in bold."""
    passage, at, parts = alert.passage, 0, []
    for match in alert.highlights:
        start, end = match.start - alert.passage_start, match.end - alert.passage_start
        if match.field is Field.TEXT and at <= start < end <= len(passage):
            parts += [escape(passage[at:start]), f"<b>{escape(passage[start:end])}</b>"]
            at = end
    return "".join([*parts, escape(passage[at:])])


def _json_item(item: FeedItem) -> dict[str, Any]:
    alert = item.alert
    entry: dict[str, Any] = {
        "id": _urn(f"alert:{alert.id}"),
        "title": _headline(alert),
        "content_html": content_html(alert),
        "summary": alert.summary,
        "date_published": alert.published or item.sent,
        "date_modified": item.sent,
        "tags": _tags(alert),
    }
    if _is_web(alert.url):
        entry["url"] = alert.url
    if alert.source:
        entry["authors"] = [{"name": alert.source}]
    if alert.language != "und":
        entry["language"] = alert.language
    return entry


def _title(subscription: Subscription) -> str:
    return subscription.name or subscription.query


def _headline(alert: Alert) -> str:
    """Return the title, with the kind of alert unless the article is new."""
    title = " ".join(alert.title.split()) or "(no title)"
    return title if alert.kind is AlertKind.NEW else f"{title} ({alert.kind})"


def _tags(alert: Alert) -> list[str]:
    return list(dict.fromkeys(entity.name for entity in named_entities(alert.entities)))


def _is_web(url: str) -> bool:
    """Return whether a reader may open the URL: never ``javascript:``."""
    return url.lower().startswith(("http://", "https://"))


def _urn(name: str) -> str:
    uuid: UUID = uuid5(NAMESPACE, f"urn:news:{name}")
    return uuid.urn


def _xml_safe(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
