"""Builders of valid records with changed fields: ``clean_article(text="Rain.")``.

Fields that depend on a changed field are derived again, so that the record is valid: the id from
URL, external id or body, the paragraphs from the text, the group from the id. Each record has been
encoded and decoded once, so it could have been read from its topic; for an invalid record use
``msgspec.structs.replace`` on the result of a builder.
"""

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

from streams.records import (
    Change,
    CleanArticle,
    DuplicateArticle,
    EnrichedArticle,
    Entity,
    EntityType,
    Field,
    Language,
    Mention,
    Paragraph,
    ParagraphKind,
    PublicationTime,
    RawArticle,
    Record,
    Site,
    TimePrecision,
    UniqueArticle,
    article_id,
    decode,
    encode,
)

R = TypeVar("R", bound=Record)

FETCHED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PUBLISHED = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
URL = "https://news.test/world/harbor-bridge-reopens"
TITLE = "Harbor bridge reopens after three months"
TEXT = (
    "The harbor bridge opened to traffic on Monday, three months after a storm damaged it.\n\n"
    "Engineers replaced forty cables and the whole eastern ramp. The work cost twelve million "
    "euros, two million less than the city had planned.\n\n"
    "Ferries will run for another week, the port authority said."
)


def raw_article(**changes: Any) -> RawArticle:
    """Return a page as a source found it; ``body`` may be a string."""
    fields: dict[str, Any] = {
        "source": "test-feed",
        "fetched": FETCHED,
        "url": URL,
        "content_type": "text/html",
        "body": _page(changes.get("title", TITLE), TEXT),
    } | changes
    if isinstance(fields["body"], str):
        fields["body"] = fields["body"].encode()
    fields.setdefault(
        "id",
        article_id(
            url=fields["url"],
            source=fields["source"],
            external_id=fields.get("external_id", ""),
            title=fields.get("title", ""),
            body=fields["body"],
        ),
    )
    return _valid(RawArticle, fields)


def clean_article(**changes: Any) -> CleanArticle:
    """Return an article as a reader sees it; blank lines of the text separate paragraphs."""
    return _valid(CleanArticle, _clean_fields(changes))


def unique_article(**changes: Any) -> UniqueArticle:
    """Return a new article, the first of its group."""
    return _valid(UniqueArticle, _grouped_fields(changes))


def enriched_article(**changes: Any) -> EnrichedArticle:
    """Return a unique article, without entities by default (`entity`, `mention`)."""
    return _valid(EnrichedArticle, _grouped_fields(changes))


def duplicate_article(**changes: Any) -> DuplicateArticle:
    """Return a near-copy, on another site, of the article of the other builders."""
    original = article_id(url=URL)
    fields = {
        "url": "https://copy.test/harbor-bridge",
        "source": "copy-feed",
        "site": Site(name="The Copy", domain="copy.test"),
        "group_id": original,
        "duplicate_of": original,
        "change": Change.COPY,
        "method": "near",
        "similarity": 0.93,
        "containment": 0.98,
    }
    return _valid(DuplicateArticle, _clean_fields(fields | changes))


def entity(name: str = "Russia", **changes: Any) -> Entity:
    """Return an entity with one mention; by default its id is a local one."""
    fields: dict[str, Any] = {
        "id": "local:" + re.sub(r"\W+", "-", name.lower()),
        "name": name,
        "type": EntityType.GPE,
        "count": 1,
        "salience": 0.5,
    }
    return _valid(Entity, fields | changes)


def mention(surface: str, *, within: str, **changes: Any) -> Mention:
    """Return a mention of the first ``surface`` in the text ``within``."""
    start = within.index(surface)
    fields: dict[str, Any] = {
        "field": Field.TEXT,
        "start": start,
        "end": start + len(surface),
        "surface": surface,
        "type": EntityType.GPE,
        "entity_id": "local:" + re.sub(r"\W+", "-", surface.lower()),
        "method": "alias",
    }
    return _valid(Mention, fields | changes)


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a text, which blank lines separate."""
    return tuple(
        Paragraph(kind=ParagraphKind.PARAGRAPH, start=match.start(), end=match.end())
        for match in re.finditer(r"\S(?:.|\n(?!\n))*", text)
    )


def _page(title: str, text: str) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def _clean_fields(changes: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "source": "test-feed",
        "fetched": FETCHED,
        "url": URL,
        "site": Site(name="News Test", domain="news.test"),
        "title": TITLE,
        "text": TEXT,
        "published": PublicationTime(
            time=PUBLISHED, precision=TimePrecision.MINUTE, source="json-ld"
        ),
        "language": Language(code="en", confidence=0.99),
    } | changes
    fields.setdefault("paragraphs", paragraphs_of(fields["text"]))
    fields.setdefault(
        "id", article_id(url=fields["url"], title=fields["title"], body=fields["text"].encode())
    )
    return fields


def _grouped_fields(changes: dict[str, Any]) -> dict[str, Any]:
    fields = _clean_fields(changes)
    fields.setdefault("group_id", fields["id"])
    return fields


def _valid(record: type[R], fields: dict[str, Any]) -> R:
    return decode(encode(record(**fields)), record)
