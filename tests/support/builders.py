"""Sound records with what matters changed: ``clean_article(text="Rain.")``.

What follows from a changed field is made anew, so that the record stays sound: the id from
URL, external id or body, the paragraphs from the text, the group from the id. Each record
has gone through the codec once, so it is one that could have been read from its topic; for
an unsound one use ``msgspec.structs.replace`` on what a builder gives.
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
    """A page as a source found it; ``body`` may be given as text."""
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
    return _sound(RawArticle, fields)


def clean_article(**changes: Any) -> CleanArticle:
    """An article as a reader would see it; paragraphs follow the text's blank lines."""
    return _sound(CleanArticle, _clean_fields(changes))


def unique_article(**changes: Any) -> UniqueArticle:
    """A new article, the first of its group."""
    return _sound(UniqueArticle, _grouped_fields(changes))


def enriched_article(**changes: Any) -> EnrichedArticle:
    """A unique article, with no entities unless they are given (`entity`, `mention`)."""
    return _sound(EnrichedArticle, _grouped_fields(changes))


def duplicate_article(**changes: Any) -> DuplicateArticle:
    """A near-copy, on another site, of what the other builders make."""
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
    return _sound(DuplicateArticle, _clean_fields(fields | changes))


def entity(name: str = "Russia", **changes: Any) -> Entity:
    """An entity named once; its id is a local one unless it is given."""
    fields: dict[str, Any] = {
        "id": "local:" + re.sub(r"\W+", "-", name.lower()),
        "name": name,
        "type": EntityType.GPE,
        "count": 1,
        "salience": 0.5,
    }
    return _sound(Entity, fields | changes)


def mention(surface: str, *, within: str, **changes: Any) -> Mention:
    """A mention of the first ``surface`` in the text ``within``."""
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
    return _sound(Mention, fields | changes)


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """Cut a text at its blank lines."""
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


def _sound(record: type[R], fields: dict[str, Any]) -> R:
    return decode(encode(record(**fields)), record)
