"""Signatures to candidates: who shares a band with a text may be near it."""

from collections import defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.dedupe.signature import Signature

BANDS: Final = 21
ROWS: Final = 6
"""With 21 bands of 6 rows, texts of similarity .7, .75, .8 meet with .93, .98, .998."""


def band_keys(signature: Signature) -> npt.NDArray[np.uint64]:
    """Hash each band of a signature to one key; no keys for an empty signature.

    References:
        Leskovec, Rajaraman, Ullman, "Mining of massive datasets", 3.4.

    Examples:
        >>> from streams.dedupe.signature import shingle_hashes, signature_of
        >>> len(band_keys(signature_of(shingle_hashes("to be or not to be".split()))))
        21
    """
    if not len(signature):
        return np.empty(0, dtype=np.uint64)
    rows = signature[: BANDS * ROWS].reshape(BANDS, ROWS).astype(np.uint64)
    keys = np.arange(BANDS, dtype=np.uint64)
    for row in range(ROWS):
        keys = (keys ^ rows[:, row]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return keys


class BandIndex:
    """Which articles share a band with a text."""

    def __init__(self) -> None:
        """Start empty."""
        self._articles: defaultdict[int, set[str]] = defaultdict(set)

    def add(self, article_id: str, signature: Signature) -> None:
        """Let an article be found by its signature."""
        for key in band_keys(signature).tolist():
            self._articles[key].add(article_id)

    def remove(self, article_id: str, signature: Signature) -> None:
        """Let an article be found no more."""
        for key in band_keys(signature).tolist():
            self._articles[key].discard(article_id)
            if not self._articles[key]:
                del self._articles[key]

    def candidates(self, signature: Signature) -> set[str]:
        """Find the articles that share at least one band with a text."""
        keys = band_keys(signature).tolist()
        return set().union(*(self._articles.get(key, ()) for key in keys))
