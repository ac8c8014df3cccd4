"""Compute precision, recall, F1, average precision and the best threshold."""

from collections import Counter
from collections.abc import Sequence


def precision_recall_f1(
    labels: Sequence[bool], verdicts: Sequence[bool]
) -> tuple[float, float, float]:
    """Return precision, recall and F1 of verdicts against labels.

    Examples:
        >>> precision_recall_f1([True, True, False], [True, False, False])
        (1.0, 0.5, 0.6666666666666666)
    """
    hits = sum(label and verdict for label, verdict in zip(labels, verdicts, strict=True))
    actual, expected = sum(verdicts), sum(labels)
    return (
        hits / actual if actual else 0.0,
        hits / expected if expected else 0.0,
        2 * hits / (actual + expected) if actual + expected else 0.0,
    )


def average_precision(labels: Sequence[bool], values: Sequence[float]) -> float:
    """Return the precision averaged over the ranks of all copies; equal scores share a rank.

    Examples:
        >>> average_precision([True, False, True], [0.9, 0.5, 0.1])
        0.8333333333333333
        >>> average_precision([True, False], [0.5, 0.5])
        0.5
    """
    total, hits, seen = 0.0, 0, 0
    expected = Counter(value for value, label in zip(values, labels, strict=True) if label)
    all_ = Counter(values)
    for value in sorted(all_, reverse=True):
        hits, seen = hits + expected[value], seen + all_[value]
        total += expected[value] * hits / seen
    return total / max(1, sum(labels))


def best_threshold(labels: Sequence[bool], values: Sequence[float]) -> float:
    """Return the threshold with the best F1.

    Examples:
        >>> best_threshold([True, True, False], [0.9, 0.6, 0.2])
        0.6
    """
    return max(sorted(set(values)), key=lambda value: f1_at(labels, values, value), default=0.0)


def cross_validated_f1(labels: Sequence[bool], values: Sequence[float], *, folds: int = 5) -> float:
    """Return F1 when each fold is judged by the threshold that is best for the others."""
    verdicts = [False] * len(labels)
    for fold in range(folds):
        rest = [at for at in range(len(labels)) if at % folds != fold]
        threshold = best_threshold([labels[at] for at in rest], [values[at] for at in rest])
        for at in range(fold, len(labels), folds):
            verdicts[at] = values[at] >= threshold
    return precision_recall_f1(labels, verdicts)[2]


def f1_at(labels: Sequence[bool], values: Sequence[float], threshold: float) -> float:
    """Return F1 when values that reach a threshold are judged copies."""
    return precision_recall_f1(labels, [value >= threshold for value in values])[2]
