"""Compare `dedupe` with Jaccard similarity, SimHash and datasketch's MinHash on judged pairs.

Run ``python bench/duplicate_pairs.py ../shared/evals/duplicates/*.jsonl``. Each peer gets the
threshold that is best for it on these pairs; `dedupe` has the threshold of the product.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import xxhash
from datasketch import MinHash

from streams.dedupe.features import tokens
from streams.evaluate.duplicates import Pair, judge, read_pairs
from streams.evaluate.metrics import (
    average_precision,
    best_threshold,
    precision_recall_f1,
)

Shingles = list[bytes]


def main(paths: Iterable[str]) -> None:
    """Score each method on all pairs together."""
    pairs = [pair for path in paths for pair in read_pairs(Path(path))]
    labels = [pair.is_copy for pair in pairs]
    judgements = [judge(pair) for pair in pairs]
    f1 = precision_recall_f1(labels, [item.verdict for item in judgements])[2]
    ap = average_precision(labels, [item.score for item in judgements])
    print(f"{'dedupe, its own threshold':40} F1 {f1:.3f}  average precision {ap:.3f}")
    show("Jaccard of word 3-grams, exact", labels, [item.floor for item in judgements])
    show("datasketch MinHash, 128 permutations", labels, scores(pairs, minhash_similarity))
    show("SimHash, 64 bits", labels, scores(pairs, simhash_similarity))


def show(name: str, labels: list[bool], values: list[float]) -> None:
    """Print the figures of a method."""
    threshold = best_threshold(labels, values)
    f1 = precision_recall_f1(labels, [value >= threshold for value in values])[2]
    ap = average_precision(labels, values)
    print(f"{name:40} F1 {f1:.3f}  average precision {ap:.3f}  best threshold {threshold:.2f}")


def scores(pairs: list[Pair], method: Callable[[Shingles, Shingles], float]) -> list[float]:
    """Return the similarity of the shingles of each pair."""
    return [method(shingles(pair.a), shingles(pair.b)) for pair in pairs]


def shingles(text: str) -> Shingles:
    """Return the word 3-grams of a text."""
    words = tokens(text)
    return [" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))]


def minhash_similarity(one: Shingles, other: Shingles) -> float:
    """Return datasketch's estimate of the Jaccard similarity."""
    sketches = [MinHash(num_perm=128), MinHash(num_perm=128)]
    for sketch, grams in zip(sketches, (one, other), strict=True):
        sketch.update_batch(grams)
    return float(sketches[0].jaccard(sketches[1]))


def simhash_similarity(one: Shingles, other: Shingles) -> float:
    """Return the share of equal bits of two SimHashes (Charikar 2002)."""
    return 1 - (simhash(one) ^ simhash(other)).bit_count() / 64


def simhash(grams: Shingles) -> int:
    """Return the SimHash: the sums of the bits of all hashes, by position."""
    hashes = np.array([xxhash.xxh3_64_intdigest(gram) for gram in grams], dtype=">u8")
    bits = np.unpackbits(hashes.view(np.uint8).reshape(-1, 8), axis=1).astype(np.int64)
    is_set = 2 * bits.sum(axis=0) > len(bits)
    return int.from_bytes(np.packbits(is_set).tobytes(), "big")


if __name__ == "__main__":
    main(sys.argv[1:])
