"""Score the lines of a page by a logistic regression trained on labeled pages.

The weights are data (``streams/clean/data/lines.json``), written by ``tools/train_clean.py``.
"""

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final, Protocol

import msgspec
import numpy as np

from streams.clean.body.line_features import FEATURES, Matrix, PageReading, line_features
from streams.clean.body.main_content import is_date
from streams.clean.body.text_lines import TextLine

MIN_TO_STAY: Final = 0.3
"""Least probability of a line that the rules kept, or took for the standfirst …"""

MIN_TO_ADD: Final = 0.7
"""… and of one that they left out.

Nine pairs were compared by cross-validation (2026-12-01): of lines alone, .3 and .7 have F1 .970 on
fundus-dev and .938 on trafilatura-eval, .5 and .5 have .970 and .936, the rules .962 and .916.
"""

NEVER_ADDED: Final = ("is_title", "is_name", "h1", "away", "end", "label", "form")
"""Features of lines that the rules alone may keep: headlines, names, pointers, repeated labels."""

MAX_SCORED_LINES: Final = 4000
"""A page with more lines is left to the rules; the longest real page seen has 1,900."""


_KEPT: Final = FEATURES.index("kept")
_NEVER_ADDED: Final = [FEATURES.index(name) for name in NEVER_ADDED]

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


class LineChooser(Protocol):
    """Decides which lines of a page belong to its article."""

    def kept_lines(self, reading: PageReading) -> list[TextLine]:
        """Return the lines of the article, in reading order."""


class RuleChooser:
    """Decides as the rules do, to measure what the regression gains."""

    def kept_lines(self, reading: PageReading) -> list[TextLine]:
        """Return the lines that the rules kept."""
        return reading.kept


class LineWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trained regression, and how it was made.

    Attributes:
        bias: Logarithm of the odds of a line whose features are all zero.
        weights: Weight of each of `FEATURES`, by name.
        made: Data, licenses and figures of the training, for the reader.
    """

    bias: float
    weights: dict[str, float]
    made: dict[str, str]


@dataclass(frozen=True, eq=False, slots=True)
class LineScorer:
    """Scores lines with fixed weights.

    Attributes:
        weights: One for each of `FEATURES`, in their order.
        bias: Added to the weighted sum.
    """

    weights: Vector
    bias: float

    def probabilities(self, rows: Matrix) -> Vector:
        """Return for each line of a page the probability that it belongs to the article.

        Args:
            rows: Features from `streams.clean.body.line_features.line_features`.
        """
        odds = rows @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def kept_lines(self, reading: PageReading) -> list[TextLine]:
        """Return the lines of a page that belong to the article, in reading order.

        Where no line does, or the page is too long, those of the rules. Only lines in the block of
        the page's own article are compared, so that a long dialog above it has no influence.
        """
        if not reading.own or len(reading.own) > MAX_SCORED_LINES:
            return reading.kept
        reading = replace(reading, lines=reading.own)
        rows = line_features(reading)
        chances = self.probabilities(rows)
        is_kept, can_be_added = rows[:, _KEPT] > 0, ~rows[:, _NEVER_ADDED].any(axis=1)
        likely = np.where(is_kept, chances >= MIN_TO_STAY, can_be_added & (chances >= MIN_TO_ADD))
        kept = [
            line
            for line, stays, by_rules in zip(reading.lines, likely, is_kept, strict=True)
            if stays and (by_rules or not is_date(line.text))
        ]
        return kept or reading.kept


@cache
def trained_scorer() -> LineScorer:
    """Return the scorer with the weights that come with this package."""
    data = files("streams.clean").joinpath("data/lines.json").read_bytes()
    found = msgspec.json.decode(data, type=LineWeights)
    return LineScorer(np.array([found.weights[name] for name in FEATURES]), found.bias)
