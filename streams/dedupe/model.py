"""Weigh the evidence for a copy: a logistic regression with one weight for each figure.

Signs that two texts are two reports are not weighed. As figures of the regression they let series
("FED ADDS RESERVES", a week later) merge once enough words were the same: 16 of 132 new merges of
Reuters-21578 were false, 2026-12-01.

The weights are data, `data/decision.json`, written by `tools/train_duplicates.py`. A figure can
speak in one direction only: weights of the wrong sign are not learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from json import loads
from math import inf
from typing import Final

from streams.dedupe.evidence import Evidence, SharedText

THRESHOLD: Final = 0.48
"""Similarity at which the bias was learned. Another threshold moves the bias by what the difference
in similarity weighs."""

FIGURES: Final = tuple(field.name for field in fields(Evidence) if field.name != "signs")
"""Names of the figures, in the order of the weights."""

FOR: Final = frozenset(field.name for field in fields(SharedText))
"""Figures that speak for a copy; the others speak against."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the figures.

    Attributes:
        bias: Score without any evidence.
        weights: Weight of each figure.
    """

    bias: float
    weights: Mapping[str, float]

    def score(self, evidence: Evidence | SharedText, *, threshold: float = THRESHOLD) -> float:
        """Return the logarithm of the odds that a pair is a copy: it is one from 0 on.

        Of `SharedText` alone, the score is an upper bound. With a sign of two reports it is minus
        infinity.

        Args:
            evidence: The figures.
            threshold: Similarity at which copies begin where all else is equal.
        """
        if isinstance(evidence, Evidence) and evidence.signs:
            return -inf
        shift = self.weights["similarity"] * (THRESHOLD - threshold)
        return self.bias + shift + sum(self.contributions(evidence).values())

    def contributions(self, evidence: Evidence | SharedText) -> dict[str, float]:
        """Return what each figure adds to the score."""
        return {
            field.name: self.weights[field.name] * float(getattr(evidence, field.name))
            for field in fields(evidence)
            if field.name in FIGURES
        }


@cache
def shipped_model() -> Model:
    """Return the model that is shipped; read once in a process."""
    text = files("streams.dedupe").joinpath("data", "decision.json").read_text("utf-8")
    content = loads(text)
    return Model(content["bias"], {name: content["weights"][name] for name in FIGURES})


def reasons_of(evidence: Evidence, model: Model) -> list[str]:
    """Return what each piece of evidence says, in plain words, the weightiest first."""
    if evidence.signs:
        return [_SIGNS[name] for name in evidence.signs]
    parts = sorted(model.contributions(evidence).items(), key=lambda part: -abs(part[1]))
    words = [
        f"{_WORDS[name]} {float(getattr(evidence, name)):.2f}: {part:+.1f}"
        for name, part in parts
        if part
    ]
    return [*words, f"without any evidence: {model.bias:+.1f}"]


_WORDS: Final = {
    "similarity": "similarity",
    "sentences": "whole sentences that both have",
    "own_passages": "a passage that only one text has, in both",
    "numbers_and_names": "other numbers and other names",
    "facts_in_places": "other numbers and names in the same places",
}
_SIGNS: Final = {
    "another_report": "other numbers or names, under another headline or later",
    "template": "only numbers and names differ, as in reports of one template",
    "headline_name": "the headlines differ in a name",
    "headline_story": "what the headlines say is not in the shared text",
}
