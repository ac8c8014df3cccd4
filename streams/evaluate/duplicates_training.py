"""Learn the weights of the evidence for a copy from judged pairs, and cross-validate them.

Deterministic: the same pairs give the same weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from streams.dedupe.evidence import Evidence, evidence_of, shared_text
from streams.dedupe.fingerprint import fingerprint_of
from streams.dedupe.likeness import likeness
from streams.dedupe.memory.record import memory_record
from streams.dedupe.model import FIGURES, FOR, Model, reasons_of
from streams.errors import UsageError
from streams.evaluate.duplicates import Pair, articles_of
from streams.evaluate.metrics import precision_recall_f1
from streams.records.clean import event_time
from streams.records.memory import Answer
from streams.records.unique import Revision

SET_WEIGHT: Final = 300.0
"""Total weight of the pairs of each set, so that a large set does not decide alone."""

IMPORTANCE: Final = {
    "webis-web": 2.0,
    "copycat": 2.0,
    "templates": 2.0,
    "boilerplate": 2.0,
    "series": 2.0,
}
"""Weight of a set against others, which have 1. The judged sets count double because people judged
them, the sets of reports that must stay apart because a false merge hides news from routes."""

FALSE_MERGE_COST: Final = 1.0
"""Cost of a false merge; a missed copy costs 1."""

PENALTY: Final = 0.05
"""Weight of the squares of the weights (ridge): keeps signs that never err finite."""

_STEPS: Final = 200
_TINY: Final = 1e-9
_LOWEST: Final = 99.0

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A judged pair with its evidence.

    Attributes:
        pair: The pair.
        evidence: What speaks for and against a copy; ``None`` if a text is too short for that.
    """

    pair: Pair
    evidence: Evidence | None


def example_of(pair: Pair) -> Example:
    """Collect the evidence of a pair."""
    first, second = articles_of(pair)
    before, after = fingerprint_of(first), fingerprint_of(second)
    answer = Answer(origin="articles.raw.v1-0-0", group_id=first.id, revision=Revision())
    known = memory_record(first, before, answer, known=None, latest=None)
    like = likeness(after, known)
    if like is None:
        return Example(pair, None)
    text = shared_text(after, known, like)
    return Example(pair, evidence_of(after, known, like, text, time=event_time(second)))


def fit(sets: Mapping[str, Sequence[Example]]) -> Model:
    """Learn weights: a logistic regression whose weights have the sign of their figure.

    Args:
        sets: Examples by the name of their set. Those with a sign of two reports teach nothing,
            since the sign decides.

    References:
        Bertsekas, "Projected Newton methods for optimization problems with simple constraints",
        SIAM Journal on Control and Optimization 20(2), 1982.
    """
    rows: list[list[float]] = []
    labels: list[float] = []
    weights: list[float] = []
    for name, items in sets.items():
        used = [item for item in items if item.evidence is not None and not item.evidence.signs]
        each = SET_WEIGHT * IMPORTANCE.get(name, 1.0) / max(1, len(items))
        for item in used:
            rows.append([1.0, *(float(getattr(item.evidence, figure)) for figure in FIGURES)])
            labels.append(float(item.pair.is_copy))
            weights.append(each * (1.0 if item.pair.is_copy else FALSE_MERGE_COST))
    table, judged, costs = np.array(rows), np.array(labels), np.array(weights)
    found = _minimize(table, judged, costs)
    bias = found[0] + _shift(table @ found, judged, costs)
    return Model(float(bias), dict(zip(FIGURES, found[1:].tolist(), strict=True)))


def _shift(scores: Vector, labels: Vector, costs: Vector) -> float:
    """Return what must be added to the scores so that the decisions on the pairs cost least."""
    cuts = np.linspace(-1, 1, 101)
    wrong = (scores[:, None] >= cuts) != (labels[:, None] == 1)
    total = costs @ wrong
    best = cuts[total <= total.min() + _TINY]
    return -float(best[len(best) // 2])


@dataclass(frozen=True, slots=True)
class Ruling:
    """The decision on a pair by a model that was learned from other sets.

    Attributes:
        example: The pair and its evidence.
        score: Score of the model, a copy from 0 on; minus infinity with a sign of two reports.
        reason: What decided, in words.
    """

    example: Example
    score: float
    reason: str

    @property
    def is_wrong(self) -> bool:
        """Whether people judged otherwise."""
        return (self.score >= 0) != self.example.pair.is_copy


def cross_validate(sets: Mapping[str, Sequence[Example]]) -> dict[str, list[Ruling]]:
    """Decide the pairs of each set by a model that was learned from all other sets.

    The index is not asked, so the figures are those of the decision alone.

    Raises:
        UsageError: If there are fewer than two sets.
    """
    if len(sets) < 2:  # noqa: PLR2004  # one to learn from, one to judge
        raise UsageError("cross-validation needs at least two files: one is left out at a time")
    rulings = {}
    for name, items in sets.items():
        model = fit({other: rest for other, rest in sets.items() if other != name})
        rulings[name] = [_ruling(item, model) for item in items]
    return rulings


def cross_validated_scores(
    rulings: Mapping[str, Sequence[Ruling]], *, worst: int = 5
) -> dict[str, Any]:
    """Return precision, recall and F1 of each set, and the pairs decided most wrongly.

    Args:
        rulings: Decisions by the name of the set.
        worst: Number of such pairs of each set.
    """
    report = {}
    for name, items in rulings.items():
        labels = [item.example.pair.is_copy for item in items]
        precision, recall, f1 = precision_recall_f1(labels, [item.score >= 0 for item in items])
        wrong = sorted((item for item in items if item.is_wrong), key=lambda item: -abs(item.score))
        report[name] = {
            "pairs": len(items),
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "worst": [
                {
                    "id": item.example.pair.id,
                    "copy": item.example.pair.is_copy,
                    "score": max(-_LOWEST, item.score),
                    "reason": item.reason,
                }
                for item in wrong[:worst]
            ],
        }
    return report


def _ruling(item: Example, model: Model) -> Ruling:
    if item.evidence is None:
        is_same = item.pair.a.split() == item.pair.b.split()
        reason = "the same short text" if is_same else "a text is too short to be compared"
        return Ruling(item, _LOWEST if is_same else -_LOWEST, reason)
    return Ruling(item, model.score(item.evidence), "; ".join(reasons_of(item.evidence, model)))


def _minimize(rows: Vector, labels: Vector, weights: Vector) -> Vector:
    """Minimize the loss by Newton's method on the weights that are not held at zero."""
    low = np.array([-np.inf, *(0.0 if name in FOR else -np.inf for name in FIGURES)])
    high = np.array([np.inf, *(np.inf if name in FOR else 0.0 for name in FIGURES)])
    ridge = np.array([0.0, *(PENALTY for _ in FIGURES)])

    def loss(found: Vector) -> float:
        sums = rows @ found
        return float(weights @ (np.logaddexp(0, sums) - labels * sums) + ridge @ found**2 / 2)

    found = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-(rows @ found)))
        slope = rows.T @ (weights * (chances - labels)) + ridge * found
        is_free = ~(((found <= low) & (slope > 0)) | ((found >= high) & (slope < 0)))
        curve = (rows.T * (weights * chances * (1 - chances))) @ rows + np.diag(ridge + _TINY)
        step = np.zeros_like(found)
        step[is_free] = np.linalg.solve(curve[np.ix_(is_free, is_free)], slope[is_free])
        before, length = loss(found), 1.0
        moved = np.clip(found - step, low, high)
        while loss(moved) > before and length > _TINY:
            length /= 2
            moved = np.clip(found - length * step, low, high)
        if float(np.abs(moved - found).max()) < _TINY:
            break
        found = moved
    return found
