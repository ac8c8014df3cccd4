"""What a name means in a country: its nationality, its Senate, its Ministry of Defence."""

from collections.abc import Iterator
from dataclasses import replace

from streams.records.enriched import EntityType, Field
from streams.tag.gazetteer import Span
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.link.context import ArticleContext
from streams.tag.names import fold

_CODE_LENGTH = 2
_DEFAULT = "us"
"""Country of an article that names none: American papers do not say whose Senate it is."""

_LONGEST_COUNTRY = 3
"""Words of a country's name that may stand before an institution's: Papua New Guinean."""


def country_of_people(known: EntityFacts, knowledge: Knowledge) -> EntityFacts:
    """Give the country or people that a nationality stands for; it stays a nationality.

    British means the United Kingdom, Britons means the British people, as gold
    sets of links have it; one that stands for nothing known is given back.
    """
    if known.type is not EntityType.NORP or not known.countries:
        return known
    meant = knowledge.country(known.countries[0])
    return known if meant is None else replace(meant, type=EntityType.NORP)


def institution_in_country(
    surface: str, field_span: tuple[Field, Span], document: ArticleContext, knowledge: Knowledge
) -> tuple[EntityFacts, str] | None:
    """Find the institution that a general name means in the country spoken of.

    The country stands in the name (Ukrainian Foreign Ministry, Parliament of
    Ukraine), shortly before it, or is the one the article names most.

    Returns:
        The institution and the code of the country.
    """
    for name, code in _readings(surface, field_span, document, knowledge):
        found = knowledge.candidates_of(f"{fold(name)}@{code}")
        if found:
            return found[0], code
    return None


def _readings(
    surface: str, field_span: tuple[Field, Span], document: ArticleContext, knowledge: Knowledge
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
    for code in document.spoken_of(field, span.start) or (_DEFAULT,):
        yield surface, code


def _codes(name: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Give the countries of a name of a country or people."""
    candidates = knowledge.candidates(name)
    if not candidates or candidates[0].type not in {EntityType.NORP, EntityType.GPE}:
        return ()
    return tuple(code for code in candidates[0].countries if len(code) == _CODE_LENGTH)
