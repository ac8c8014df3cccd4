"""EnrichedArticle: a unique article with its named entities."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Self

import msgspec

from streams.records.record import Name, Offset, Record, Share
from streams.records.unique import UniqueArticle


class EntityType(StrEnum):
    """Type of a named entity, as in OntoNotes.

    Attributes:
        PERSON: A person.
        ORG: An organization, company, agency or team.
        GPE: A geopolitical entity: country, region or city.
        LOC: Another place, such as a river, a mountain or a continent.
        NORP: A nationality, or a religious or political group.
        EVENT: A named event.
        DATE: A date.
        QUANTITY: A number with its unit, such as an amount of money.
    """

    PERSON = "person"
    ORG = "org"
    GPE = "gpe"
    LOC = "loc"
    NORP = "norp"
    EVENT = "event"
    DATE = "date"
    QUANTITY = "quantity"


class Field(StrEnum):
    """Field of an article that offsets refer to.

    Attributes:
        TITLE: The title.
        TEXT: The text.
    """

    TITLE = "title"
    TEXT = "text"


class Mention(Record, frozen=True, kw_only=True, rename={"field": "in"}):
    """A span of the title or the text that names an entity.

    The characters from ``start`` to ``end`` of the field are equal to ``surface``.

    Attributes:
        field: Field of the article that the span is in; named ``in`` in JSON.
        start: Offset of the first character, in Unicode code points.
        end: Offset after the last character, in Unicode code points.
        surface: Characters of the span.
        type: Type of the entity.
        entity_id: Wikidata id (``Q…``), GeoNames id (``geonames:…``) or local id (``local:…``).
        score: Confidence in the mention and its link, from 0 to 1.
        method: Method that found and linked the mention, such as ``alias`` or ``surname``.
        evidence: Evidence for the link; may be empty.
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
    """An entity that the article names.

    Attributes:
        id: Wikidata id (``Q…``), GeoNames id (``geonames:…``) or local id (``local:…``).
        name: Canonical name.
        type: Type of the entity.
        count: Number of mentions in title and text.
        salience: Importance in the article, from 0 to 1; mentions in the title and the first
            paragraphs weigh more.
        first: Offset of the first mention in ``text``, in Unicode code points; 0 if the title
            contains it.
        also: Other ids of the entity, such as the ``geonames:…`` id of a city.
    """

    id: Name
    name: Name
    type: EntityType
    count: Annotated[int, msgspec.Meta(ge=1)]
    salience: Share
    first: Offset = 0
    also: tuple[str, ...] = ()


UNNAMED_TYPES = frozenset({EntityType.DATE, EntityType.QUANTITY})
"""Types of mentions that no article is about."""


def named_entities(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return the entities that have a name, in order: no dates and no quantities.

    These are what a reader expects in a list of the entities of an article.

    Examples:
        >>> day = Entity(id="local:1", name="Monday", type=EntityType.DATE, count=9, salience=1)
        >>> named_entities([day])
        ()
    """
    return tuple(entity for entity in entities if entity.type not in UNNAMED_TYPES)


class EnrichedArticle(UniqueArticle, frozen=True, kw_only=True):
    """A unique article with its named entities.

    Attributes:
        mentions: Mentions in order of position, title first, without overlap.
        entities: Entities of the mentions, most salient first.
        extensions: Results of the user's own functions (``NEWS_ENRICHERS``): name to JSON value;
            at most 64 KiB of JSON and 16 levels.
    """

    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    extensions: dict[Name, Any] = {}

    def with_extensions(self, **values: Any) -> Self:
        """Return a copy with more extensions, or with other values for some.

        Args:
            values: Name to JSON value.
        """
        return msgspec.structs.replace(self, extensions={**self.extensions, **values})
