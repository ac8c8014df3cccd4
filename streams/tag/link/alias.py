"""Links a name to the entity that is called so: by type, fame and the article's countries."""

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
"""Letter of a kind to the type a name has when nothing else says it."""

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
"""Prior from which one word names somebody: some 11 million readings in a year (QRank)."""

_NAMESAKE = 15
"""How much less fame is enough when the one word is the whole name: Madonna, Pixar."""

_ONE_WORD = {"p": _FAMOUS, "o": 50, "g": 45, "l": 45, "u": 60, "e": 50}
"""The same for something of unknown type, by what the tagger thinks it is."""

_KNOWN = 50
"""Prior from which a name holds though the tagger thought of another type: a capital city."""

_MISTAKEN = 34
"""The same for an organization that the tagger took for a place: MTV."""

_OFFICIAL = 35
"""Prior from which a full name needs no evidence: an executive office."""

_BRAND = 20
"""Prior below which one word is too likely somebody else's name: a brand with a single use."""

_TOWN = 32
"""Prior below which a single place name needs its country: some 100,000 people."""

_COUNTRY = 85
"""Prior of sovereign states; no city has as much."""

_UNTYPED = 15
"""What an entity of unknown type, often a film or song, loses to one whose type fits."""

_AFTER = re.compile(r",\s+([A-Z][\w.]+(?: [A-Z]\w+)?)")


class NameInText(NamedTuple):
    """A name in the article: where it stands and a letter of `streams.tag.knowledge.KINDS`."""

    field: Field
    start: int
    end: int
    kind: str


class AliasLinker:
    """Finds the entity a name is an exact alias of."""

    def __init__(self, knowledge: Knowledge, document: ArticleContext) -> None:
        """Take the knowledge base and the article's countries."""
        self._knowledge = knowledge
        self._document = document

    def linked(self, name: NameInText) -> tuple[EntityFacts, float, str] | None:
        """Give the entity, how sure, and on what evidence; None when nothing is sure enough."""
        surface, candidates = self._bearers(name)
        general = self._institution(surface, name) or self._team(surface, name)
        if general or is_general(without_title(surface)):
            return general
        if name.kind in "ou" and candidates and _is_country(candidates[0]):
            return candidates[0], 0.7, "a country's name"
        fitting = [known for known in candidates if known.type in _FITTING[name.kind]]
        if " " not in surface and name.kind != "e":
            fitting = [known for known in fitting if known.type is not EntityType.EVENT]
        fitting = self._not_of_elsewhere(self._not_of_another_sport(surface, fitting))
        weights = {known.id: self._weight(known, name) for known in fitting}
        for known in sorted(fitting, key=lambda known: -weights[known.id]):
            evidence = self._evidence(known, name, surface)
            if evidence is not None:
                rivals = [weight for id_, weight in weights.items() if id_ != known.id]
                gap = weights[known.id] - max(rivals, default=weights[known.id] - 40)
                score = round(min(0.98, max(0.5, 0.6 + gap * 0.01)), 3)
                return self._resolved(known, name.kind), score, evidence
        others = [k for k in candidates if k.type and k.type not in _FITTING[name.kind]]
        if " " not in surface:
            others = [known for known in others if known.type is not EntityType.EVENT]
        if name.kind != "n" and others and others[0].prior >= self._least(others[0], name.kind):
            return others[0], 0.7, "known as no other"
        return None

    def _not_of_another_sport(self, surface: str, bearers: list[EntityFacts]) -> list[EntityFacts]:
        """Leave out a country's teams of other sports than the article's."""
        playing = self._document.sport
        others = {
            team.id
            for sport in SPORTS
            if playing and sport != playing
            for team in self._knowledge.candidates_of(f"{fold(surface)}@{sport}")
        }
        return [known for known in bearers if known.id not in others]

    def _not_of_elsewhere(self, bearers: list[EntityFacts]) -> list[EntityFacts]:
        """Leave out organizations of countries not spoken of, where several share the name."""
        here = set(self._document.countries)
        if not here or sum(known.type is EntityType.ORG for known in bearers) < 2:  # noqa: PLR2004
            return bearers
        return [
            known
            for known in bearers
            if known.type is not EntityType.ORG
            or not known.countries
            or here & set(known.countries)
        ]

    def _least(self, known: EntityFacts, kind: str) -> int:
        """Give the prior from which a name holds against the tagger's type."""
        return _MISTAKEN if kind in "gl" and known.type is EntityType.ORG else _KNOWN

    def _institution(self, surface: str, name: NameInText) -> tuple[EntityFacts, float, str] | None:
        """Link a general name, such as Senate, by the country that is spoken of."""
        if name.kind not in "onu":
            return None
        span = Span(name.start, name.end, name.kind)
        found = institution_in_country(surface, (name.field, span), self._document, self._knowledge)
        if found is None:
            return None
        known, code = found
        known = replace(known, type=EntityType.NORP) if name.kind == "n" else known
        return known, 0.8, f"in {code}"

    def _team(self, surface: str, name: NameInText) -> tuple[EntityFacts, float, str] | None:
        """Link a country that plays, by the article's sport."""
        if name.kind != "o" or not (sport := self._document.sport):
            return None
        teams = self._knowledge.candidates_of(f"{fold(surface)}@{sport}")
        return (teams[0], 0.7, sport) if teams else None

    def _resolved(self, known: EntityFacts, kind: str) -> EntityFacts:
        """Give what is of unknown type the tagger's, and a nationality its country."""
        if known.type is None:
            return replace(known, type=TYPES[kind])
        return country_of_people(known, self._knowledge)

    def _bearers(self, name: NameInText) -> tuple[str, tuple[EntityFacts, ...]]:
        """Give who bears a name, or the name without what stands before it."""
        text = self._document.texts[name.field]
        surface = text[name.start : name.end]
        if name.kind in "glou" and is_county(text, name.end):
            return surface, self._knowledge.candidates(f"{surface} County")
        for form in name_forms(surface, name.kind):
            candidates = self._knowledge.candidates(form)
            if candidates:
                return form, candidates
        return surface, ()

    def _weight(self, known: EntityFacts, name: NameInText) -> float:
        """Fame, and more for what the article's countries and the next words speak for."""
        weight = float(known.prior) - (_UNTYPED if known.type is None else 0)
        countries = set(known.countries)
        if known.type is EntityType.GPE:
            after = self._country_after(name)
            if after:
                weight += 40 if after in countries else -20
        if countries & set(self._document.countries):
            weight += 8
        if known.type is EntityType.PERSON and self._has_office(known, name):
            weight += 15
        return weight

    def _country_after(self, name: NameInText) -> str:
        """Give the country that stands after a comma: Birmingham, *England*."""
        match = _AFTER.match(self._document.texts[name.field], name.end)
        if not match:
            return ""
        for words in (match[1], match[1].split()[0]):
            for known in self._knowledge.candidates(words)[:1]:
                if known.type is EntityType.GPE and known.prior >= _KNOWN and known.countries:
                    return known.countries[0]
        return ""

    def _has_office(self, known: EntityFacts, name: NameInText) -> bool:
        nearby = self._document.before(name.field, name.start)
        return any(office == "*" or office in known.offices for office in nearby.offices)

    def _evidence(self, known: EntityFacts, name: NameInText, surface: str) -> str | None:
        """Say what makes a link sure; None when nothing does."""
        single = " " not in surface.strip()
        if known.type is EntityType.PERSON:
            return self._of_person(known, name, surface)
        if known.type in {EntityType.GPE, EntityType.LOC}:
            return self._of_place(known, name) if single and known.prior < _TOWN else ""
        if known.type is EntityType.NORP:
            return known.name
        if known.type is None and single:
            least = _ONE_WORD[name.kind] - _whole_name(known, surface)
            return "known by one name" if known.prior >= least else None
        return None if single and known.prior < _BRAND else ""

    def _of_person(self, known: EntityFacts, name: NameInText, surface: str) -> str | None:
        if " " not in surface.strip():
            least = _FAMOUS - _whole_name(known, surface)
            return "famous by one name" if known.prior >= least else None
        if known.prior >= _OFFICIAL:
            return ""
        if self._has_office(known, name):
            return "office near by"
        named = sorted(set(known.countries) & set(self._document.countries))
        return f"article names {named[0]}" if named else None

    def _of_place(self, known: EntityFacts, name: NameInText) -> str | None:
        after = self._country_after(name)
        if after in known.countries:
            return f"article names {after}"
        named = sorted(set(known.countries) & set(self._document.countries))
        return f"article names {named[0]}" if named else None


def _is_country(known: EntityFacts) -> bool:
    """Whether a name's likeliest bearer is a country: that it acts makes it no organization."""
    return known.type is EntityType.GPE and known.prior >= _COUNTRY


def _whole_name(known: EntityFacts, surface: str) -> int:
    return _NAMESAKE if fold(known.name) == fold(surface) else 0


def local_entity(surface: str, kind: str) -> EntityFacts:
    """Give the local entity of an unknown name: the same in every article.

    Examples:
        >>> local_entity("Acme  Corp.", "o").id
        'local:org:acme-corp'
    """
    type_ = TYPES[kind]
    key = fold(surface).replace(" ", "-") or "-".join(f"{ord(c):x}" for c in surface[:40])
    return EntityFacts(
        f"local:{type_.value}:{key[:200]}", (), " ".join(surface.split()), type_, 0, ""
    )
