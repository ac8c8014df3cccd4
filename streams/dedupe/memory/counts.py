"""Count the lookups of a memory and their results, for metrics."""

from dataclasses import dataclass


@dataclass(slots=True)
class MemoryCounts:
    """Counters of a memory.

    Attributes:
        lookups: Number of texts looked up.
        candidates: Number of articles that the index found for these texts.
        hits: Number of texts that were copies.
        forgotten: Number of articles evicted.
    """

    lookups: int = 0
    candidates: int = 0
    hits: int = 0
    forgotten: int = 0
