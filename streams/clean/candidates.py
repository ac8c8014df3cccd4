"""Choose one value of a field from candidates of several places, with its provenance."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from streams.records.clean import Agreement, Provenance

V = TypeVar("V")

MAX_ALTERNATIVES: Final = 5
"""Limit of `streams.records.clean.Provenance`."""

MAX_ALTERNATIVE_CHARACTERS: Final = 300
"""Longest alternative that is kept, for pages that have a text in place of a name."""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[V]):
    """A value of a field and its place.

    Attributes:
        value: The value.
        source: The place: ``json-ld``, ``og``, ``meta``, ``h1``, ``feed`` …
        trust: Probability, from 0 to 1, that this place alone is right.
    """

    value: V
    source: str
    trust: float


@dataclass(frozen=True, slots=True)
class Choice(Generic[V]):
    """The chosen value and its provenance."""

    value: V
    provenance: Provenance


def choose(
    candidates: Iterable[Candidate[V]],
    *,
    same: Callable[[V, V], bool],
    spell: Callable[[V], str] = str,
    exactness: Callable[[V], Any] | None = None,
) -> Choice[V] | None:
    """Choose the value that the most trustworthy places agree on.

    The doubt about a value on which several places agree is the product of their
    doubts, as if they erred independently; of equal candidates the first wins.

    Args:
        candidates: Candidates in order of preference.
        same: Returns whether two values mean the same.
        spell: Returns the text of a value for the alternatives.
        exactness: Orders the values that mean the same; the largest is taken, and of equal ones the
            first. Defaults to the first.

    Returns:
        The first, or most exact, candidate of the best group; None if there is no candidate.

    Examples:
        >>> rain = Candidate("Rain", "og", 0.8), Candidate("rain", "h1", 0.7)
        >>> snow = Candidate("Snow", "title", 0.9)
        >>> choice = choose([snow, *rain], same=lambda a, b: a.lower() == b.lower())
        >>> choice.value, choice.provenance.confidence, choice.provenance.alternatives
        ('Rain', 0.94, ('title: Snow',))
    """
    groups: list[list[Candidate[V]]] = []
    for candidate in candidates:
        group = next((g for g in groups if same(g[0].value, candidate.value)), None)
        if group is None:
            groups.append([candidate])
        else:
            group.append(candidate)
    if not groups:
        return None
    best = max(groups, key=_belief)
    others = [c for group in groups if group is not best for c in group]
    agreement = Agreement.DISPUTED if others else Agreement.ONLY
    if not others and len({candidate.source for candidate in best}) > 1:
        agreement = Agreement.AGREED
    chosen = best[0] if exactness is None else max(best, key=lambda c: exactness(c.value))
    provenance = Provenance(
        source=chosen.source,
        confidence=round(_belief(best), 3),
        agreement=agreement,
        alternatives=tuple(
            f"{c.source}: {spell(c.value)}"[:MAX_ALTERNATIVE_CHARACTERS]
            for c in others[:MAX_ALTERNATIVES]
        ),
    )
    return Choice(chosen.value, provenance)


def _belief(group: list[Candidate[V]]) -> float:
    doubt = 1.0
    trusted: dict[str, float] = {}
    for candidate in group:
        trusted[candidate.source] = max(candidate.trust, trusted.get(candidate.source, 0.0))
    for trust in trusted.values():
        doubt *= 1 - trust
    return 1 - doubt
