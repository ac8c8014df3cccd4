"""Compute the processes and partitions for a number of articles per day, from measured costs.

``make bench NAME=scaling``: reads bench/engines.json, the figures of record, and prints the table
of docs/explanation/performance.md; the assumptions are the constants here.
"""

import json
import math
import sys
from pathlib import Path
from statistics import median
from typing import Any

from streams import topology

FIGURES = Path(__file__).parent / "engines.json"

PEAK = 2.0
"""The busiest hour has twice the mean load: news follows the working day of its time zones."""

BUSY = 0.6
"""Planned utilization of a process; above it, waiting times grow fast."""

PER_DAY = (1e6, 1e7, 3e7, 1e8)

STAGES = tuple(stage.name for stage in topology.STAGES)


def costs(stream: str, figures: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Return CPU seconds per article of each stage: of its own process, and of killable ones."""
    runs = [
        run
        for run in figures["throughput"]
        if run["engine"] == "News Streams" and run["stream"] == stream
    ]

    def cost(part: str) -> float:
        return median(run["cpu_by_part"].get(part, 0.0) / run["articles"] for run in runs)

    return {stage: (cost(stage), cost(f"{stage} pool")) for stage in STAGES}


def needed(per_second: float, seconds: float) -> int:
    """Return the number of processes for a cost at a rate.

    Examples:
        >>> needed(1000.0, 0.0006), needed(1000.0, 0.00061), needed(1.0, 0.0)
        (1, 2, 0)
    """
    return math.ceil(per_second * seconds / BUSY - 1e-9)


def main() -> None:
    """Print a table for each stream."""
    if not FIGURES.exists():
        sys.exit(f"{FIGURES} is missing: run `make bench` first")
    figures = json.loads(FIGURES.read_text())
    for stream in ("text", "html"):
        found = costs(stream, figures)
        costs_text = ", ".join(
            f"{s} {1000 * a:.2f} + {1000 * b:.2f}" for s, (a, b) in found.items()
        )
        print(f"**{stream}**, CPU ms an article, own process + killable ones: {costs_text}\n")
        heads = ("articles a day", "a second at the peak", *STAGES, "cores in all")
        print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
        for per_day in PER_DAY:
            rate = PEAK * per_day / 86_400
            cells = []
            for own, pool in found.values():
                workers, hands = needed(rate, own), needed(rate, pool)
                cells.append(f"{workers} + {hands}" if pool else str(workers))
            cores = sum(needed(rate, own + pool) for own, pool in found.values())
            print(f"| {per_day / 1e6:,.0f} million | {rate:,.0f} | {' | '.join(cells)} | {cores} |")
        print()
    print("A stage needs as many partitions as it has processes of its own; dedupe has one.")


if __name__ == "__main__":
    main()
