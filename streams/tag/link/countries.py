"""Link names by country: nationalities, and institutions such as the Senate of a country."""

from collections.abc import Iterator
from dataclasses import replace

from streams.records.enriched import EntityType, Field
from streams.tag.gazetteer import Span
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.link.context import ArticleContext
from streams.tag.names import fold

_CODE_LENGTH = 2
_DEFAULT = "us"
"""Country of an article that names none: American papers do not name the country of a Senate."""

_LONGEST_COUNTRY = 3
"""Most words of a country's name before that of an institution: Papua New Guinean."""


def country_of_people(entity: EntityFacts, knowledge: Knowledge) -> EntityFacts:
    """Return the country or people of a nationality, with the type of a nationality.

    British means the United Kingdom, Britons means the British people, as in gold
    sets of links. An entity of another type, or without a known country, is returned unchanged.
    """
    if entity.type is not EntityType.NORP or not entity.countries:
        return entity
    meant = knowledge.country(entity.countries[0])
    return entity if meant is None else replace(meant, type=EntityType.NORP)


def institution_in_country(
    surface: str, field_span: tuple[Field, Span], context: ArticleContext, knowledge: Knowledge
) -> tuple[EntityFacts, str] | None:
    """Find the institution of a country that a general name means.

    The country is part of the name (Ukrainian Foreign Ministry, Parliament of
    Ukraine), or named shortly before it, or the one the article names most often.

    Returns:
        The institution and the code of the country.
    """
    for name, code in _readings(surface, field_span, context, knowledge):
        institutions = knowledge.candidates_of(f"{fold(name)}@{code}")
        if institutions:
            return institutions[0], code
    return None


def _readings(
    surface: str, field_span: tuple[Field, Span], context: ArticleContext, knowledge: Knowledge
) -> Iterator[tuple[str, str]]:
    words = surface.split()
    for count in range(1, min(_LONGEST_COUNTRY, len(words) - 1) + 1):
        for code in _codes(" ".join(words[:count]), knowledge):
            yield " ".join(words[count:]), code
    head, _, tail = surface.rpartition(" of ")
    if head:
        for code in _codes(tail.removeprefix("the "), knowledge):
            yield head, code
    field, span = field_span
    for code in context.likely_countries(field, span.start) or (_DEFAULT,):
        yield surface, code


def _codes(name: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the codes of the countries that the name of a country or people means."""
    candidates = knowledge.candidates(name)
    if not candidates or candidates[0].type not in {EntityType.NORP, EntityType.GPE}:
        return ()
    return tuple(code for code in candidates[0].countries if len(code) == _CODE_LENGTH)
