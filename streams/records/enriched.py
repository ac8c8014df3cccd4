"""EnrichedArticle: a unique article with the entities it names."""

from enum import StrEnum
from typing import Annotated

import msgspec

from streams.records.record import Name, Record, Share
from streams.records.unique import UniqueArticle

Offset = Annotated[int, msgspec.Meta(ge=0)]


class EntityType(StrEnum):
    """What an entity is."""

    PERSON = "person"
    ORG = "org"
    GPE = "gpe"
    """Country, region, city: a place with a government."""
    LOC = "loc"
    """Other place: river, mountain, continent."""
    NORP = "norp"
    """Nationality, religious or political group."""
    EVENT = "event"
    DATE = "date"
    QUANTITY = "quantity"


class Field(StrEnum):
    """Which text of the article the offsets of a mention count in."""

    TITLE = "title"
    TEXT = "text"


class Mention(Record, frozen=True, kw_only=True, rename={"field": "in"}):
    """A stretch of the article that names an entity.

    ``getattr(article, field)[start:end] == surface`` holds for every mention.

    Attributes:
        field: Where it stands; spelt ``in`` in JSON.
        start: First character.
        end: One past the last character.
        surface: The characters themselves.
        type: What it names.
        entity_id: Wikidata or GeoNames id (``Q…``, ``geonames:…``), or a local one (``local:…``).
        score: How sure we are, 0 to 1.
        method: How it was found and linked: ``alias``, ``surname`` …
        evidence: What the link rests on; may be empty.
    """

    field: Field
    start: Offset
    end: Offset
    surface: Name
    type: EntityType
    entity_id: Name
    score: Share = 1.0
    method: Name
    evidence: str = ""


class Entity(Record, frozen=True, kw_only=True):
    """Somebody or something that the article names.

    Attributes:
        id: Wikidata or GeoNames id, or a local one.
        name: Canonical name.
        type: What it is.
        count: Mentions in title and text.
        salience: From 0 to 1; the title and the first paragraphs count more.
        first: Offset of the first mention in ``text``; 0 when the title has it.
        also: Its other ids: ``geonames:…`` of a city that has a Wikidata id.
    """

    id: Name
    name: Name
    type: EntityType
    count: Annotated[int, msgspec.Meta(ge=1)]
    salience: Share
    first: Offset = 0
    also: tuple[str, ...] = ()


class EnrichedArticle(UniqueArticle, frozen=True, kw_only=True):
    """A unique article with the entities found in it.

    Attributes:
        mentions: In order of place, title first, without overlap.
        entities: The most salient first.
    """

    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
