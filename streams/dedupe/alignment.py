"""Lay a text beside the sketch of another one: what they share, and what stands in one place.

Of the other text only its sketch is known. For texts of up to 384 shingles the sketch is complete,
and the alignment exact; for longer ones it rests on the sample.

References:
    Anchors are shingles that occur once in both texts, in the longest sequence that both have in
    the same order: Bram Cohen's patience diff, 2003.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.dedupe.minhash import SHINGLE_WORDS, Hashes
from streams.dedupe.sketch import Marks, Sketch, sample_positions

SLOT_WORDS: Final = 12
"""Largest number of words that fill a place; more are a passage of its own. The longest in the 15
templates of `tests/support/templated_reports.py` have 8, with a name, a post and a date."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A text beside the sketch of another.

    Attributes:
        shared: For each word of the text, whether it is in a shingle that the other text has.
        slots: The words of each place that the two texts fill differently, as indexes.
        own: Length of the longest passage that the other text lacks, in words.
        known_own: Length of the longest passage of the other text that this one lacks, in words.
    """

    shared: Mask
    slots: tuple[tuple[int, ...], ...]
    own: int
    known_own: int


def align(shingles: Hashes, sketch: Sketch) -> Alignment:
    """Lay a text beside a sketch.

    Args:
        shingles: `streams.dedupe.minhash.shingle_hashes` of the text, not empty.
        sketch: Sketch of the other text.

    Examples:
        >>> from streams.dedupe.minhash import shingle_hashes
        >>> from streams.dedupe.sketch import sketch_of
        >>> one = "rain fell in the town of ayr and then the sun came out".split()
        >>> two = "rain fell in the town of bath and then the sun came out".split()
        >>> align(shingle_hashes(two), sketch_of(shingle_hashes(one))).slots
        ((6,),)
    """
    at, mine = sample_positions(shingles, sketch.limit)
    is_shared, is_known = np.isin(mine, sketch.marks), np.isin(sketch.marks, mine)
    words = len(shingles) + SHINGLE_WORDS - 1
    shared, other = _covered(at[is_shared], words), _covered(at[~is_shared], words)
    slots = _slots(at, mine, is_shared, sketch=sketch, differs=other & ~shared)
    per_mark = sketch.shingles / max(1, len(sketch.marks))
    return Alignment(
        shared=shared,
        slots=tuple(slots),
        own=_longest(~shared),
        known_own=max(0, round(_longest(~is_known) * per_mark) - SHINGLE_WORDS + 1),
    )


def _covered(at: npt.NDArray[np.int64], words: int) -> Mask:
    covered = np.zeros(words, dtype=np.bool_)
    for offset in range(SHINGLE_WORDS):
        covered[at + offset] = True
    return covered


def _slots(
    at: npt.NDArray[np.int64], mine: Marks, is_shared: Mask, *, sketch: Sketch, differs: Mask
) -> Iterator[tuple[int, ...]]:
    """Yield the words between two anchors, where both texts have something else."""
    per_mark = sketch.shingles / max(1, len(sketch.marks))
    starts = [(-1, -1), *_anchors(mine, sketch.marks)]
    for start, end in zip(starts, [*starts[1:], (len(mine), len(sketch.marks))], strict=True):
        gap = [n for n in range(start[0] + 1, end[0]) if not is_shared[n]]
        known_words = (end[1] - start[1] - 1) * per_mark
        if start[0] >= 0 and end[0] < len(mine):
            known_words -= SHINGLE_WORDS - 1  # as many shingles as these lie over the edges
        words = sorted({w for n in gap for w in _words(int(at[n])) if differs[w]})
        if 0 < len(words) <= SLOT_WORDS and 0 < known_words <= SLOT_WORDS:
            yield tuple(words)


def _words(shingle: int) -> range:
    return range(shingle, shingle + SHINGLE_WORDS)


def _anchors(mine: Marks, others: Marks) -> list[tuple[int, int]]:
    """Return the indexes of marks that both have once, in the longest common order."""
    (left, left_at), (right, right_at) = _single(mine), _single(others)
    _, chosen, known = np.intersect1d(left, right, assume_unique=True, return_indices=True)
    pairs = sorted(zip(left_at[chosen].tolist(), right_at[known].tolist(), strict=True))
    ends: list[int] = []  # the smallest end of a sequence of each length, and the pair it is of
    pair_of: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        length = bisect_left(ends, other)
        ends[length : length + 1] = [other]
        pair_of[length : length + 1] = [number]
        before.append(pair_of[length - 1] if length else -1)
    sequence: list[tuple[int, int]] = []
    number = pair_of[-1] if pair_of else -1
    while number >= 0:
        sequence.append(pairs[number])
        number = before[number]
    return sequence[::-1]


def _single(marks: Marks) -> tuple[Marks, npt.NDArray[np.int64]]:
    values, first, counts = np.unique(marks, return_index=True, return_counts=True)
    return values[counts == 1], first[counts == 1]


def _longest(mask: Mask) -> int:
    """Return the length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
