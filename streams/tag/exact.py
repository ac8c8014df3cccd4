"""Links a name to the entity that is called so: by type, fame and the countries of the article."""

import re
from dataclasses import replace

from schemas.enriched import EntityType, Field
from streams.tag.document import Document
from streams.tag.knowledge import Knowledge, Known
from streams.tag.names import fold, without_title

TYPES = {
    "p": EntityType.PERSON,
    "o": EntityType.ORG,
    "g": EntityType.GPE,
    "l": EntityType.LOC,
    "n": EntityType.NORP,
    "e": EntityType.EVENT,
    "u": EntityType.ORG,
}
"""Letter of a kind to the type a name has when nothing else says it."""

_FITTING = {
    "p": {EntityType.PERSON, None},
    "o": {EntityType.ORG, None, EntityType.EVENT},
    "g": {EntityType.GPE, EntityType.LOC, None},
    "l": {EntityType.GPE, EntityType.LOC, None},
    "n": {EntityType.NORP},
    "e": {EntityType.EVENT, None},
    "u": {*EntityType, None},
}
_FAMOUS = 65
"""Prior from which one word names somebody: some 11 million readings in a year (QRank)."""

_ONE_WORD = {"p": _FAMOUS, "o": 50, "g": 45, "l": 45, "u": 60, "n": 100, "e": 50}
"""The same for something of unknown type, by what the tagger thinks it is."""

_KNOWN = 50
"""Prior from which a name holds though the tagger thought of another type: a capital, a minister."""

_OFFICIAL = 35
"""Prior from which a full name needs no evidence: an executive office."""

_BRAND = 20
"""Prior below which one word is too likely somebody else's name: a brand with a single use."""

_TOWN = 32
"""Prior below which a single place name needs its country: some 100,000 people."""

_AFTER = re.compile(r",\s+([A-Z][\w.]+(?: [A-Z]\w+)?)")


class Exact:
    """Finds the entity a name is an exact alias of."""

    def __init__(self, knowledge: Knowledge, document: Document) -> None:
        """Take the knowledge base and the article's countries."""
        self._knowledge = knowledge
        self._document = document

    def linked(
        self, field: Field, start: int, end: int, kind: str
    ) -> tuple[Known, float, str] | None:
        """Give the entity, how sure, and on what evidence; None when nothing is sure enough."""
        surface = self._document.texts[field][start:end]
        candidates = self._knowledge.candidates(surface)
        if not candidates:
            surface = without_title(surface)
            candidates = self._knowledge.candidates(surface)
        fitting = [known for known in candidates if known.type in _FITTING[kind]]
        if " " not in surface and kind != "e":
            fitting = [known for known in fitting if known.type is not EntityType.EVENT]
        if fitting:
            ranked = sorted(
                ((self._weight(known, field, start, end), known) for known in fitting),
                key=lambda pair: -pair[0],
            )
            for place, (weight, best) in enumerate(ranked):
                evidence = self._evidence(best, kind, surface, field, start, end)
                if evidence is not None:
                    others = [w for n, (w, _) in enumerate(ranked) if n != place]
                    gap = weight - max(others, default=weight - 40)
                    score = round(min(0.98, max(0.5, 0.6 + gap * 0.01)), 3)
                    return self._resolved(best, kind), score, evidence
        others = [known for known in candidates if known not in fitting]
        if others and others[0].type is not None and others[0].prior >= _KNOWN:
            return others[0], 0.7, "known as no other"
        return None

    def _resolved(self, known: Known, kind: str) -> Known:
        """Give what is unknown the tagger's type."""
        return known if known.type is not None else replace(known, type=TYPES[kind])

    def _weight(self, known: Known, field: Field, start: int, end: int) -> float:
        """Fame, and more for what the article's countries and the next words speak for."""
        weight = float(known.prior)
        countries = set(known.countries)
        if known.type is EntityType.GPE and not known.id.startswith("local"):
            after = self._country_after(field, end)
            if after:
                weight += 40 if after in countries else -20
        if countries & set(self._document.countries):
            weight += 8
        if known.type is EntityType.PERSON and self._office(known, field, start):
            weight += 15
        return weight

    def _country_after(self, field: Field, end: int) -> str:
        """Give the country that stands after a comma: Birmingham, *England*."""
        match = _AFTER.match(self._document.texts[field], end)
        if not match:
            return ""
        words = match[1]
        for name in (words, words.split()[0]):
            for known in self._knowledge.candidates(name)[:1]:
                if known.type is EntityType.GPE and known.prior >= _KNOWN and known.countries:
                    return known.countries[0]
        return ""

    def _office(self, known: Known, field: Field, start: int) -> bool:
        nearby = self._document.before(field, start)
        return any(office == "*" or office in known.offices for office in nearby.offices)

    def _evidence(
        self, known: Known, kind: str, surface: str, field: Field, start: int, end: int
    ) -> str | None:
        """Say what makes a link sure; None when nothing does."""
        single = " " not in surface.strip()
        named = sorted(set(known.countries) & set(self._document.countries))
        if known.type is EntityType.PERSON:
            if single:
                return "famous by one name" if known.prior >= _FAMOUS else None
            if known.prior >= _OFFICIAL:
                return ""
            if self._office(known, field, start):
                return "office near by"
            return f"article names {named[0]}" if named else None
        if known.type in {EntityType.GPE, EntityType.LOC}:
            if not single or known.prior >= _TOWN:
                return ""
            after = self._country_after(field, end)
            if after in known.countries or named:
                return f"article names {after or named[0]}"
            return None
        if known.type is EntityType.NORP:
            country = self._knowledge.country(known.countries[0]) if known.countries else None
            return f"of {country.id}" if country else ""
        if known.type is None and single:
            return "known by one name" if known.prior >= _ONE_WORD[kind] else None
        if single and known.type is EntityType.ORG and known.prior < _BRAND:
            return None
        return ""


def unlinked(surface: str, kind: str) -> Known:
    """Give the local entity of an unknown name: the same in every article.

    Examples:
        >>> unlinked("Acme  Corp.", "o").id
        'local:org:acme-corp'
    """
    type_ = TYPES[kind]
    key = fold(surface).replace(" ", "-") or "-".join(f"{ord(c):x}" for c in surface[:40])
    return Known(f"local:{type_.value}:{key[:200]}", (), " ".join(surface.split()), type_, 0, "")
