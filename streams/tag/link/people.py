"""Link people by their name, office and country in the article."""

from collections.abc import Sequence

from rapidfuzz.distance import JaroWinkler

from streams.records.enriched import EntityType, Field
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.link.context import ArticleContext, Nearby
from streams.tag.names import fold, without_title

_SAME = 0.84
"""Lowest Jaro-Winkler similarity of each word of a misspelled name to that of an office holder."""

_SURNAME = 0.88
"""The same for a bare surname and a person whom the article names."""

_MARGIN = 0.03
"""Smallest lead in similarity of the best match over the second.

References:
    Measured on 500 names: threshold .84 with margin .03 and evidence wrongly
    linked 2 of 500 names that are not in the knowledge base; string similarity alone 44 to 57.
"""

_SHORTEST = 4
"""Fewest letters of each word of a name that is matched by similarity."""

_HEAD = 50
"""Lowest prior of ministers of foreign affairs and heads of state and of government."""

_FAMOUS = 65


def office_holder(
    context: ArticleContext, knowledge: Knowledge, field: Field, start: int, end: int
) -> tuple[EntityFacts, float, str] | None:
    """Link a name without an exact match by the office and country before it.

    A bare surname must be that of the only holder; a full name must be similar to
    the holder's in every word.

    Returns:
        The person, score and evidence; None if no person fits.
    """
    nearby = context.nearby(field, start)
    if not nearby.offices:
        return None
    words = fold(context.texts[field][start:end]).split()
    if len(words) == 1:
        return _by_surname(words[0], nearby, knowledge)
    return _by_likeness(words, nearby, knowledge)


def _fits(entity: EntityFacts, nearby: Nearby) -> bool:
    """Return whether a person's offices and countries match those before the name."""
    office = any(office == "*" or office in entity.offices for office in nearby.offices)
    return office and (not nearby.countries or bool(nearby.countries & set(entity.countries)))


def _by_surname(
    surname: str, nearby: Nearby, knowledge: Knowledge
) -> tuple[EntityFacts, float, str] | None:
    holders = [entity for entity in knowledge.holders(surname) if _fits(entity, nearby)]
    if not nearby.countries:
        holders = [entity for entity in holders if entity.prior >= _HEAD]
    if len(holders) > 1 and holders[0].prior >= holders[1].prior + 15:
        holders = holders[:1]
    if len(holders) != 1:
        return None
    return holders[0], 0.9, _nearby_evidence(nearby)


def _by_likeness(
    words: Sequence[str], nearby: Nearby, knowledge: Knowledge
) -> tuple[EntityFacts, float, str] | None:
    if any(len(word) < _SHORTEST for word in words):
        return None
    holders = {entity.id: entity for entity in knowledge.holders(words[-1])}
    for country in nearby.countries:
        for office in nearby.offices - {"*"}:
            holders |= {entity.id: entity for entity in knowledge.incumbents(office, country)}
    ranked = sorted(
        ((likeness(words, fold(entity.name).split()), entity.id) for entity in holders.values()
         if _fits(entity, nearby)),
        reverse=True,
    )  # fmt: skip
    if not ranked or ranked[0][0] < _SAME:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _MARGIN:
        return None
    score, id_ = ranked[0]
    return holders[id_], round(score * 0.95, 3), _nearby_evidence(nearby)


def likeness(words: Sequence[str], name: Sequence[str]) -> float:
    """Return the similarity of the least similar pair of words; 0 if the word counts differ.

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
"""Smallest lead in prior of a bare surname's best-known bearer: 2.5 times the page views."""


def famous_bearer(surname: str, knowledge: Knowledge) -> tuple[EntityFacts, float, str] | None:
    """Link a bare surname that the article does not explain to its only famous bearer.

    Merkel has one, Johnson and Brown have several.
    """
    word = fold(without_title(surname))
    bearers = knowledge.candidates_of("=" + word)
    if not bearers or len(word) < _SHORTEST:
        return None
    gap = bearers[0].prior - bearers[1].prior if len(bearers) > 1 else _GAP
    return (bearers[0], 0.6, "its one famous bearer") if gap >= _GAP else None


def _nearby_evidence(nearby: Nearby) -> str:
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
"""Particles that belong to a surname: el-Sissi, von der Leyen."""


_MOST_SURNAMES = 200
"""Most surnames of an article that a misspelled one is compared with, one by one. An article that
names more people is a list, such as the results of a marathon (this project's choice)."""


class SurnameIndex:
    """People of one article by surname and by first name."""

    def __init__(self) -> None:
        self._surnames: dict[str, dict[str, EntityFacts]] = {}
        self._first_names: dict[str, dict[str, EntityFacts]] = {}

    def add(self, surface: str, entity: EntityFacts) -> None:
        """Add a person under the words of a name in the article; ignore other entities."""
        if entity.type is not EntityType.PERSON:
            return
        words = fold(surface).split()
        own = fold(entity.name).split()
        for surname in {words[-1], own[-1]} if words and own else ():
            self._surnames.setdefault(surname, {})[entity.id] = entity
        if len(words) > 1:
            self._first_names.setdefault(words[0], {})[entity.id] = entity

    def has_surname(self, word: str) -> bool:
        """Return whether a word is the surname of a person of the article."""
        return fold(word) in self._surnames

    def bearer_of(self, surface: str) -> tuple[EntityFacts, float, str] | None:
        """Return the only person whom a single word can mean in this article, or None."""
        words = fold(without_title(surface)).split() or [""]
        word = words[-1]
        if len(words) > 1 and not _PARTICLES.issuperset(words[:-1]):
            return None
        bearers = self._surnames.get(word) or self._first_names.get(word)
        if bearers is None and len(word) > _SHORTEST and len(self._surnames) <= _MOST_SURNAMES:
            near = [s for s in self._surnames if JaroWinkler.similarity(word, s) >= _SURNAME]
            if len(near) == 1 and near[0][0] == word[0] and len(near[0]) > _SHORTEST:
                bearers = self._surnames[near[0]]
        if bearers is None or len(bearers) != 1:
            return None
        entity = next(iter(bearers.values()))
        return entity, 0.9 if word in self._surnames else 0.8, entity.name
