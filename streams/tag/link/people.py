"""Links people by what the article says of them: full name, office, country."""

from collections.abc import Sequence

from rapidfuzz.distance import JaroWinkler

from streams.records.enriched import EntityType, Field
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.link.context import ArticleContext, Nearby
from streams.tag.names import fold, without_title

_SAME = 0.84
"""Jaro-Winkler similarity of each word from which a misspelt name may be the one near by."""

_SURNAME = 0.88
"""The same for a bare surname and somebody whom the article names."""

_MARGIN = 0.03
"""How much better than the next the most similar must be.

References:
    Measured on 500 names: threshold .84 with margin .03 and evidence wrongly
    linked 2 of 500 names that are not in the knowledge base; string similarity alone 44 to 57.
"""

_SHORTEST = 4
"""Letters of each word of a name that may be matched by similarity."""

_HEAD = 50
"""Prior of ministers of foreign affairs and heads of state and of government."""

_FAMOUS = 65


def office_holder(
    document: ArticleContext, knowledge: Knowledge, field: Field, start: int, end: int
) -> tuple[EntityFacts, float, str] | None:
    """Link a name that its exact spelling does not, by the office and country before it.

    A bare surname must be that of the one holder; a full name must resemble
    the holder's in every word.
    """
    nearby = document.before(field, start)
    if not nearby.offices:
        return None
    words = fold(document.texts[field][start:end]).split()
    if len(words) == 1:
        return _by_surname(words[0], nearby, knowledge)
    return _by_likeness(words, nearby, knowledge)


def _fits(known: EntityFacts, nearby: Nearby) -> bool:
    """Whether somebody's offices and countries are those near by."""
    office = any(office == "*" or office in known.offices for office in nearby.offices)
    return office and (not nearby.countries or bool(nearby.countries & set(known.countries)))


def _by_surname(
    surname: str, nearby: Nearby, knowledge: Knowledge
) -> tuple[EntityFacts, float, str] | None:
    holders = [known for known in knowledge.holders(surname) if _fits(known, nearby)]
    if not nearby.countries:
        holders = [known for known in holders if known.prior >= _HEAD]
    if len(holders) > 1 and holders[0].prior >= holders[1].prior + 15:
        holders = holders[:1]
    if len(holders) != 1:
        return None
    return holders[0], 0.9, _said(nearby)


def _by_likeness(
    words: Sequence[str], nearby: Nearby, knowledge: Knowledge
) -> tuple[EntityFacts, float, str] | None:
    if any(len(word) < _SHORTEST for word in words):
        return None
    holders = {known.id: known for known in knowledge.holders(words[-1])}
    for country in nearby.countries:
        for office in nearby.offices - {"*"}:
            holders |= {known.id: known for known in knowledge.incumbents(office, country)}
    ranked = sorted(
        ((likeness(words, fold(known.name).split()), known.id) for known in holders.values()
         if _fits(known, nearby)),
        reverse=True,
    )  # fmt: skip
    if not ranked or ranked[0][0] < _SAME:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _MARGIN:
        return None
    score, id_ = ranked[0]
    return holders[id_], round(score * 0.95, 3), _said(nearby)


def likeness(words: Sequence[str], name: Sequence[str]) -> float:
    """Give the similarity of the least similar pair of words, 0 when they are not as many.

    Examples:
        >>> likeness(["sergei", "lavrov"], ["sergey", "lavrov"]) > 0.9
        True
        >>> likeness(["lavrov"], ["sergey", "lavrov"])
        0.0
    """
    if len(words) != len(name):
        return 0.0
    return min(JaroWinkler.similarity(a, b) for a, b in zip(words, name, strict=True))


_GAP = 8
"""How much better known than the next the bearer of a bare surname must be: 2.5 times as read."""


def famous_bearer(surname: str, knowledge: Knowledge) -> tuple[EntityFacts, float, str] | None:
    """Link a bare surname that the article explains nowhere to its one famous bearer.

    Merkel is somebody, Johnson and Brown are too many.
    """
    word = fold(without_title(surname))
    bearers = knowledge.candidates_of("=" + word)
    if not bearers or len(word) < _SHORTEST:
        return None
    gap = bearers[0].prior - bearers[1].prior if len(bearers) > 1 else _GAP
    return (bearers[0], 0.6, "its one famous bearer") if gap >= _GAP else None


def _said(nearby: Nearby) -> str:
    return " ".join([*sorted(nearby.offices), *sorted(nearby.countries)]).replace(
        "*", "counterpart"
    )


_PARTICLES = frozenset(
    [
        "al",
        "ap",
        "at",
        "bin",
        "da",
        "das",
        "de",
        "del",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "el",
        "ibn",
        "la",
        "le",
        "les",
        "mac",
        "mc",
        "o",
        "ten",
        "ter",
        "van",
        "von",
    ]
)
"""Words that belong to a surname: el-Sissi, von der Leyen."""


class SurnameIndex:
    """Who bears which name in one article."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._surnames: dict[str, dict[str, EntityFacts]] = {}
        self._first_names: dict[str, dict[str, EntityFacts]] = {}

    def add(self, surface: str, known: EntityFacts) -> None:
        """Remember somebody by the words of a name that the article gives."""
        if known.type is not EntityType.PERSON:
            return
        words = fold(surface).split()
        own = fold(known.name).split()
        for surname in {words[-1], own[-1]} if words and own else ():
            self._surnames.setdefault(surname, {})[known.id] = known
        if len(words) > 1:
            self._first_names.setdefault(words[0], {})[known.id] = known

    @property
    def surnames(self) -> list[str]:
        """Folded surnames."""
        return list(self._surnames)

    def named(self, surface: str) -> tuple[EntityFacts, float, str] | None:
        """Give the one whom a single word can mean in this article."""
        words = fold(without_title(surface)).split() or [""]
        word = words[-1]
        if len(words) > 1 and not _PARTICLES.issuperset(words[:-1]):
            return None
        bearers = self._surnames.get(word) or self._first_names.get(word)
        if bearers is None and len(word) > _SHORTEST:
            near = [s for s in self._surnames if JaroWinkler.similarity(word, s) >= _SURNAME]
            if len(near) == 1 and near[0][0] == word[0] and len(near[0]) > _SHORTEST:
                bearers = self._surnames[near[0]]
        if bearers is None or len(bearers) != 1:
            return None
        known = next(iter(bearers.values()))
        return known, 0.9 if word in self._surnames else 0.8, known.name
