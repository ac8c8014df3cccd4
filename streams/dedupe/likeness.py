"""Measure the similarity of a text and the sketch of another one."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.dedupe.fingerprint import Fingerprint
from streams.dedupe.minhash import SIG_VERSION, Hashes
from streams.dedupe.sketch import Marks, Sketch, sample_below
from streams.records import Memory

PASSAGE_WORDS: Final = 150
"""Length in words of the passage that is looked up in the other text: a paragraph or two."""

MIDDLE: Final = (0.3, 0.7)
"""Start and end of the middle of a text, as shares of its length. The parts before and after it
often belong to the site and not to the article."""

PASSAGE_MARKS: Final = 12
"""Smallest number of sampled shingles by which a passage is judged."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Similarity of two texts, as three measures of equal weight, and their containment.

    Attributes:
        whole: Jaccard similarity of the shingles of both texts.
        middle: Jaccard similarity of their middle parts, without the site's text around the
            article.
        passage: Of the passage of 150 words that is least shared, the share that the other text
            has anywhere. Edits of a copy are spread over the text; a different article has a
            passage of its own.
        containment: Share of the shingles of one text that the other has, the larger of both.
    """

    whole: float
    middle: float
    passage: float
    containment: float

    @property
    def similarity(self) -> float:
        """The mean of whole, middle and passage, from 0 to 1; 1 for the same text."""
        return (self.whole + self.middle + self.passage) / 3


def likeness(
    article: Fingerprint, known: Memory, *, boilerplate: Hashes | None = None
) -> Likeness | None:
    """Measure the similarity of two texts.

    The article's text is complete; of the remembered text only a sketch is
    available. For texts of up to 386 words the result is exact.

    Args:
        article: Fingerprint of the article to judge.
        known: The remembered article.
        boilerplate: Shingles that do not count; defaults to none.

    Returns:
        ``None`` when one of the texts is too short or was signed by another
        scheme.

    References:
        Measured on 611 pairs judged by people (webis-web, copycat), 2026-11-22: average precision
        of the Jaccard similarity of 3-word shingles .921, of these three measures .942; best F1
        .837 and .872. Containment is no evidence for a copy there: of the 38 pairs below the
        threshold in which one text contains 90 % of the other, 35 are not copies.
    """
    if known.sig_version != SIG_VERSION or not known.signature or not len(article.shingles):
        return None
    return likeness_to_sketch(
        article.shingles, Sketch.from_bytes(known.signature), boilerplate=boilerplate
    )


def likeness_to_sketch(
    shingles: Hashes, sketch: Sketch, *, boilerplate: Hashes | None = None
) -> Likeness | None:
    """Measure the similarity of a text and a sketch; ``None`` when a sample is empty."""
    mine, other = sample_below(shingles, sketch.limit), sketch.marks
    if boilerplate is not None and len(boilerplate):
        left_out = sample_below(boilerplate, sketch.limit)
        mine, other = (marks[~np.isin(marks, left_out)] for marks in (mine, other))
    if not len(mine) or not len(other):
        return None
    shared_mine, shared_other = np.isin(mine, other), np.isin(other, mine)
    span = max(PASSAGE_MARKS, round(PASSAGE_WORDS * len(other) / sketch.shingles))
    return Likeness(
        whole=_jaccard(mine, other),
        middle=_jaccard(_middle(mine), _middle(other)),
        passage=min(_least_shared(shared_mine, span), _least_shared(shared_other, span)),
        containment=float(max(shared_mine.mean(), shared_other.mean())),
    )


def _jaccard(left: Marks, right: Marks) -> float:
    left, right = np.unique(left), np.unique(right)
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / max(1, len(left) + len(right) - common)


def _middle(marks: Marks) -> Marks:
    start, end = (int(len(marks) * part) for part in MIDDLE)
    return marks[start : max(start + 1, end)]


def _least_shared(is_shared: npt.NDArray[np.bool_], span: int) -> float:
    """Return the smallest shared part of any passage of a length, as a share from 0 to 1."""
    if len(is_shared) <= span:
        return float(is_shared.mean())
    sums = np.cumsum(is_shared, dtype=np.int64)
    before = np.concatenate(([0], sums[:-span]))
    return float((sums[span - 1 :] - before).min()) / span
