"""Link a name to an entity that has exactly this name, by type, fame and countries."""

import re
from dataclasses import replace
from typing import NamedTuple

from streams.records.enriched import EntityType, Field
from streams.tag.gazetteer import Span
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.link.context import ArticleContext
from streams.tag.link.countries import country_of_people, institution_in_country
from streams.tag.link.forms import is_county, name_forms
from streams.tag.link.sports import SPORTS
from streams.tag.names import fold, without_title
from streams.tag.patterns import is_general

TYPES = {
    "p": EntityType.PERSON,
    "o": EntityType.ORG,
    "g": EntityType.GPE,
    "l": EntityType.LOC,
    "n": EntityType.NORP,
    "e": EntityType.EVENT,
    "u": EntityType.ORG,
    "d": EntityType.DATE,
    "q": EntityType.QUANTITY,
}
"""Letter of a kind to the default type of a name."""

_PLACES = frozenset({EntityType.GPE, EntityType.LOC, None})
_FITTING: dict[str, frozenset[EntityType | None]] = {
    "p": frozenset({EntityType.PERSON, None}),
    "o": frozenset({EntityType.ORG, EntityType.EVENT, None}),
    "g": _PLACES,
    "l": _PLACES,
    "n": frozenset({EntityType.NORP}),
    "e": frozenset({EntityType.EVENT, None}),
    "u": frozenset({*EntityType, None}),
    "d": frozenset(),
    "q": frozenset(),
}
_FAMOUS = 65
"""Lowest prior of a person named by one word: about 11 million page views in a year (QRank)."""

_NAMESAKE = 15
"""Reduction of the lowest prior if the one word is the full name: Madonna, Pixar."""

_ONE_WORD = {"p": _FAMOUS, "o": 50, "g": 45, "l": 45, "u": 60, "e": 50}
"""Lowest prior of an entity of unknown type named by one word, by the tagger's kind."""

_KNOWN = 50
"""Lowest prior at which a name overrides another type of the tagger: a capital city."""

_MISTAKEN = 34
"""The same for an organization that the tagger labels as a place: MTV."""

_OFFICIAL = 35
"""Lowest prior at which a full name needs no evidence: an executive office."""

_BRAND = 20
"""Prior below which one word is more likely another name: a brand with a single use."""

_TOWN = 32
"""Prior below which a one-word place name needs its country: about 100,000 people."""

_COUNTRY = 85
"""Prior of sovereign states; every city has less."""

_UNTYPED = 15
"""Deduction for an entity of unknown type, often a film or song, against one whose type fits."""

_AFTER = re.compile(r",\s{1,4}([A-Z][\w.]{1,60}(?: [A-Z]\w{1,60})?)")


class NameInText(NamedTuple):
    """A name in the article: its position and a letter of `streams.tag.knowledge.KINDS`."""

    field: Field
    start: int
    end: int
    kind: str


class AliasLinker:
    """Finds the entity of which a name is an exact alias.

    Args:
        knowledge: Known entities.
        context: The article's texts, countries and sport.
    """

    def __init__(self, knowledge: Knowledge, context: ArticleContext) -> None:
        self._knowledge = knowledge
        self._context = context

    def link(self, name: NameInText) -> tuple[EntityFacts, float, str] | None:
        """Return the entity, score and evidence; None if no entity is certain enough."""
        surface, candidates = self._bearers(name)
        general = self._institution(surface, name) or self._team(surface, name)
        if general or is_general(without_title(surface)):
            return general
        if name.kind in "ou" and candidates and _is_country(candidates[0]):
            return candidates[0], 0.7, "a country's name"
        fitting = [entity for entity in candidates if entity.type in _FITTING[name.kind]]
        if " " not in surface and name.kind != "e":
            fitting = [entity for entity in fitting if entity.type is not EntityType.EVENT]
        fitting = self._without_other_countries(self._without_other_sports(surface, fitting))
        weights = {entity.id: self._weight(entity, name) for entity in fitting}
        for entity in sorted(fitting, key=lambda entity: -weights[entity.id]):
            evidence = self._evidence(entity, name, surface)
            if evidence is not None:
                rivals = [weight for id_, weight in weights.items() if id_ != entity.id]
                gap = weights[entity.id] - max(rivals, default=weights[entity.id] - 40)
                score = round(min(0.98, max(0.5, 0.6 + gap * 0.01)), 3)
                return self._resolve(entity, name.kind), score, evidence
        others = [k for k in candidates if k.type and k.type not in _FITTING[name.kind]]
        if " " not in surface:
            others = [entity for entity in others if entity.type is not EntityType.EVENT]
        if name.kind != "n" and others and others[0].prior >= self._min_prior(others[0], name.kind):
            return others[0], 0.7, "known as no other"
        return None

    def _without_other_sports(self, surface: str, bearers: list[EntityFacts]) -> list[EntityFacts]:
        """Return the bearers without a country's teams in sports other than the article's."""
        playing = self._context.sport
        others = {
            team.id
            for sport in SPORTS
            if playing and sport != playing
            for team in self._knowledge.candidates_of(f"{fold(surface)}@{sport}")
        }
        return [entity for entity in bearers if entity.id not in others]

    def _without_other_countries(self, bearers: list[EntityFacts]) -> list[EntityFacts]:
        """Drop organizations of countries the article does not name, if several share the name."""
        here = set(self._context.countries)
        if not here or sum(entity.type is EntityType.ORG for entity in bearers) < 2:  # noqa: PLR2004
            return bearers
        return [
            entity
            for entity in bearers
            if entity.type is not EntityType.ORG
            or not entity.countries
            or here & set(entity.countries)
        ]

    def _min_prior(self, entity: EntityFacts, kind: str) -> int:
        """Return the lowest prior at which a name overrides the tagger's type."""
        return _MISTAKEN if kind in "gl" and entity.type is EntityType.ORG else _KNOWN

    def _institution(self, surface: str, name: NameInText) -> tuple[EntityFacts, float, str] | None:
        """Link a general name, such as Senate, by the country in the article."""
        if name.kind not in "onu":
            return None
        span = Span(name.start, name.end, name.kind)
        result = institution_in_country(surface, (name.field, span), self._context, self._knowledge)
        if result is None:
            return None
        entity, code = result
        entity = replace(entity, type=EntityType.NORP) if name.kind == "n" else entity
        return entity, 0.8, f"in {code}"

    def _team(self, surface: str, name: NameInText) -> tuple[EntityFacts, float, str] | None:
        """Link a country's name to its team in the article's sport."""
        if name.kind != "o" or not (sport := self._context.sport):
            return None
        teams = self._knowledge.candidates_of(f"{fold(surface)}@{sport}")
        return (teams[0], 0.7, sport) if teams else None

    def _resolve(self, entity: EntityFacts, kind: str) -> EntityFacts:
        """Return an untyped entity with the tagger's type, and the country of a nationality."""
        if entity.type is None:
            return replace(entity, type=TYPES[kind])
        return country_of_people(entity, self._knowledge)

    def _bearers(self, name: NameInText) -> tuple[str, tuple[EntityFacts, ...]]:
        """Return the first form of a name that has entities, and the entities."""
        text = self._context.texts[name.field]
        surface = text[name.start : name.end]
        if name.kind in "glou" and is_county(text, name.end):
            return surface, self._knowledge.candidates(f"{surface} County")
        for form in name_forms(surface, name.kind):
            candidates = self._knowledge.candidates(form)
            if candidates:
                return form, candidates
        return surface, ()

    def _weight(self, entity: EntityFacts, name: NameInText) -> float:
        """Return the prior, adjusted by the article's countries, nearby offices and next words."""
        weight = float(entity.prior) - (_UNTYPED if entity.type is None else 0)
        countries = set(entity.countries)
        if entity.type is EntityType.GPE:
            after = self._country_after(name)
            if after:
                weight += 40 if after in countries else -20
        if countries & set(self._context.countries):
            weight += 8
        if entity.type is EntityType.PERSON and self._has_office(entity, name):
            weight += 15
        return weight

    def _country_after(self, name: NameInText) -> str:
        """Return the country that follows a comma: Birmingham, *England*."""
        match = _AFTER.match(self._context.texts[name.field], name.end)
        if not match:
            return ""
        for words in (match[1], match[1].split()[0]):
            for entity in self._knowledge.candidates(words)[:1]:
                if entity.type is EntityType.GPE and entity.prior >= _KNOWN and entity.countries:
                    return entity.countries[0]
        return ""

    def _has_office(self, entity: EntityFacts, name: NameInText) -> bool:
        nearby = self._context.nearby(name.field, name.start)
        return any(office == "*" or office in entity.offices for office in nearby.offices)

    def _evidence(self, entity: EntityFacts, name: NameInText, surface: str) -> str | None:
        """Return the evidence of a certain link, which may be empty; None if it is not certain."""
        single = " " not in surface.strip()
        if entity.type is EntityType.PERSON:
            return self._person_evidence(entity, name, surface)
        if entity.type in {EntityType.GPE, EntityType.LOC}:
            return self._place_evidence(entity, name) if single and entity.prior < _TOWN else ""
        if entity.type is EntityType.NORP:
            return entity.name
        if entity.type is None and single:
            least = _ONE_WORD[name.kind] - _full_name_discount(entity, surface)
            return "known by one name" if entity.prior >= least else None
        return None if single and entity.prior < _BRAND else ""

    def _person_evidence(self, entity: EntityFacts, name: NameInText, surface: str) -> str | None:
        if " " not in surface.strip():
            least = _FAMOUS - _full_name_discount(entity, surface)
            return "famous by one name" if entity.prior >= least else None
        if entity.prior >= _OFFICIAL:
            return ""
        if self._has_office(entity, name):
            return "office near by"
        shared = sorted(set(entity.countries) & set(self._context.countries))
        return f"article names {shared[0]}" if shared else None

    def _place_evidence(self, entity: EntityFacts, name: NameInText) -> str | None:
        after = self._country_after(name)
        if after in entity.countries:
            return f"article names {after}"
        shared = sorted(set(entity.countries) & set(self._context.countries))
        return f"article names {shared[0]}" if shared else None


def _is_country(entity: EntityFacts) -> bool:
    """Return whether an entity is a country: one that acts is not an organization for that."""
    return entity.type is EntityType.GPE and entity.prior >= _COUNTRY


def _full_name_discount(entity: EntityFacts, surface: str) -> int:
    return _NAMESAKE if fold(entity.name) == fold(surface) else 0


def local_entity(surface: str, kind: str) -> EntityFacts:
    """Return the local entity of an unknown name, the same in every article.

    Examples:
        >>> local_entity("Acme  Corp.", "o").id
        'local:org:acme-corp'
    """
    type_ = TYPES[kind]
    key = fold(surface).replace(" ", "-") or "-".join(f"{ord(c):x}" for c in surface[:40])
    return EntityFacts(
        f"local:{type_.value}:{key[:200]}", (), " ".join(surface.split()), type_, 0, ""
    )
