"""Fill datasketch's MinHashLSH with as many signatures as `dedupe` remembers, and query it.

``python bench/duplicate_peer.py COUNT SECONDS``: it ends early after that number of seconds, at
12 GB, or when the machine has little memory left, and prints its progress. The signatures are
precomputed, as `dedupe` finds its own on the topic; computing the signature of a text is timed with
the queries. All share their permutations: creating them for each, as by default, costs 97 us, which
is more than the insertion.
"""

import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import psutil
from datasketch import MinHash, MinHashLSH
from duplicates import COPIES, edited, resident_mb, show, words

from streams.dedupe.features import tokens

PERMUTATIONS = 128
THRESHOLD = 0.7
LEFT_MB = 2_500
QUERIES = 2_000
MOST_MB = 12_000
BLOCK = 5_000
SHARED = {
    "num_perm": PERMUTATIONS,
    "scheme": MinHash(num_perm=PERMUTATIONS).scheme,
    "permutations": MinHash(num_perm=PERMUTATIONS).permutations,
}
KEPT = 0.86
"""Share of a signature's values that an edited copy keeps: its Jaccard similarity is .75."""


def main(count: int, seconds: float) -> None:
    """Fill the index, then query it with real texts."""
    before, start, cpu = resident_mb(), time.perf_counter(), time.process_time()
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    done = 0
    for values in signatures(count):
        index.insert(str(done), MinHash(hashvalues=values, **SHARED))
        done += 1
        if done % BLOCK == 0 and is_enough(time.perf_counter() - start, seconds):
            break
    spent, grown = time.perf_counter() - start, resident_mb() - before
    used = (time.process_time() - cpu) / done * 1e6
    why = "" if done == count else f" of {count:,}: no more time or memory"
    show("datasketch: filled", f"{done:,}{why}, {spent:.0f} s, CPU {used:.0f} us each")
    show("datasketch: resident", f"{grown:,.0f} MB, {grown / done * 1000:.1f} KB each")
    query(index)


def signatures(count: int) -> Iterator[np.ndarray[Any, np.dtype[np.uint32]]]:
    """Yield signatures; a fifth are edited copies of the one before them."""
    numbers = np.random.default_rng(2)
    former = numbers.integers(0, 2**32, PERMUTATIONS, dtype=np.uint32)
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        block = numbers.integers(0, 2**32, (size, PERMUTATIONS), dtype=np.uint32)
        kept = numbers.random((size, PERMUTATIONS)) < KEPT
        for values, keeps, is_copy in zip(block, kept, numbers.random(size) < COPIES, strict=True):
            if is_copy:
                yield np.where(keeps, former, values)
            else:
                former = values
                yield values


def is_enough(spent: float, seconds: float) -> bool:
    """Return whether the limit of time or memory is reached."""
    return spent > seconds or left_mb() < LEFT_MB or resident_mb() > MOST_MB


def query(index: MinHashLSH) -> None:
    """Query and insert real texts; a fifth are edited copies of earlier ones."""
    chance = random.Random(3)  # noqa: S311  # the same articles each time
    texts: list[str] = []
    spent, used, sketching, copies, found = [], [], [], 0, 0
    for number in range(QUERIES):
        is_copy = bool(texts) and chance.random() < COPIES
        text = edited(chance.choice(texts).split(), chance) if is_copy else words(chance)
        if not is_copy:
            texts.append(" ".join(text))
        body = " ".join(text)
        start, cpu = time.perf_counter(), time.process_time()
        split = tokens(body)
        sketch = MinHash(**SHARED)
        sketch.update_batch([" ".join(split[i : i + 3]).encode() for i in range(len(split) - 2)])
        sketching.append((time.process_time() - cpu) * 1e6)
        is_found = bool(index.query(sketch))
        index.insert(f"q{number}", sketch)
        spent.append((time.perf_counter() - start) * 1e6)
        used.append((time.process_time() - cpu) * 1e6)
        copies, found = copies + is_copy, found + (is_copy and is_found)
    for name, values in (
        ("an article", spent),
        ("CPU time", used),
        ("CPU time for its signature", sketching),
    ):
        cuts = statistics.quantiles(values, n=100)
        show(f"datasketch: {name}", f"p50 {cuts[49]:.0f} us, p99 {cuts[98]:.0f} us")
    show("datasketch: copies found", f"{found:,} of {copies:,}")


def left_mb() -> float:
    """Return the free memory of the machine, MB."""
    return float(psutil.virtual_memory().available / 1e6)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
