"""Signatures to candidates: who shares a band with a text may be near it."""

from typing import Final

import numpy as np
import numpy.typing as npt

from streams.dedupe.minhash import Signature

BANDS: Final = 42
ROWS: Final = 3
HITS: Final = 2
"""Texts that share two of 42 bands of 3 values are compared: of those with a Jaccard similarity of
.4, .5, .6, .7 it is .76, .97, .999, 1; of strangers (.01) 1 in a billion.

References:
    Of the pairs of webis-web and copycat whose similarity reaches the threshold .997 are found;
    one of 32 bands of 4 values finds .994, one of 21 bands of 6 values .947. 2026-11-22.
"""

BandKeys = npt.NDArray[np.uint32]


def band_keys(signature: Signature) -> BandKeys:
    """Hash each band of a signature to one key; no keys for an empty signature.

    References:
        Leskovec, Rajaraman, Ullman, "Mining of massive datasets", 3.4.

    Examples:
        >>> from streams.dedupe.minhash import shingle_hashes, minhash_signature
        >>> len(band_keys(minhash_signature(shingle_hashes("to be or not to be".split()))))
        42
    """
    if not len(signature):
        return np.empty(0, dtype=np.uint32)
    rows = signature[: BANDS * ROWS].reshape(BANDS, ROWS).astype(np.uint64)
    keys = np.arange(BANDS, dtype=np.uint64)
    for row in range(ROWS):
        keys = (keys ^ rows[:, row]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return (keys >> np.uint64(32)).astype(np.uint32)
