"""The report of ``python -m bench.engines --scaling``: one and two processes per stage."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from bench.engines.engines import OURS, Kind
from bench.engines.report import Results, cell, conditions, row
from bench.engines.runs import Throughput
from streams.topology import STAGES

HEAD = (
    "processes a stage",
    "articles/s, wall",
    "÷ one each",
    "CPU ms an article",
    "peak MiB",
    "half load, articles/s",
    "p50 / p95 / p99 ms",
)

PARTS = (*(part for stage in STAGES for part in (stage.name, f"{stage.name} pool")), "rest")
"""As `bench.engines.processes` counts CPU seconds."""


def scaling_markdown(results: Results, about: dict[str, Any], kinds: Sequence[Kind]) -> str:
    """Return the effect of more processes, and the CPU time by part, in Markdown."""
    where, how = conditions(about)
    lines = [where, how.partition(" `ours")[0], ""]
    lines.append(
        f"On {about['cores']} cores more processes can only share out what one of each leaves "
        "idle; what a stage costs an article must stay the same."
    )
    for stream in dict.fromkeys(stream for stream, _ in results.throughput):
        lines += ["", f"**{stream}**, {about['articles'][stream]} articles a round", ""]
        lines += [row(HEAD), row("---" for _ in HEAD)]
        lines += [_speed(results, stream, kind) for kind in kinds if _runs(results, stream, kind)]
        parts = [part for part in PARTS if any(_seen(results, stream, part))]
        heads = ("CPU ms an article of", *parts)
        lines += ["", row(heads), row("---" for _ in heads)]
        lines += [
            row((_name(kind), *(_part(_runs(results, stream, kind), part) for part in parts)))
            for kind in kinds
            if _runs(results, stream, kind)
        ]
    lines += [f"\nFailed: {failure.splitlines()[0]}" for failure in results.failures]
    return "\n".join(lines) + "\n"


def _runs(results: Results, stream: str, kind: Kind) -> list[Throughput]:
    return results.throughput.get((stream, kind.name), [])


def _seen(results: Results, stream: str, part: str) -> Iterator[bool]:
    for (name, _), runs in results.throughput.items():
        yield name == stream and any(part in run.cpu_by_part for run in runs)


def _name(kind: Kind) -> str:
    return kind.name.removeprefix(OURS.name).strip() or "one each"


def _speed(results: Results, stream: str, kind: Kind) -> str:
    pairs = zip(_runs(results, stream, OURS), _runs(results, stream, kind), strict=False)
    gains = [
        (b.articles / b.wall_seconds) / (a.articles / a.wall_seconds)  # within a round
        for a, b in pairs
    ]
    latency = results.latency.get((stream, kind.name))
    return row(
        (
            _name(kind),
            cell(results.per_second(stream, kind.name)),
            cell(statistics.median(gains) if gains else None, 2),
            cell(results.cpu_ms(stream, kind.name), 2),
            cell(max(run.peak_mib for run in _runs(results, stream, kind)), 0),
            cell(latency.per_second if latency else None),
            latency.quantiles_text if latency else "–",
        )
    )


def _part(runs: Sequence[Throughput], part: str) -> str:
    found = [1000 * run.cpu_by_part[part] / run.articles for run in runs if part in run.cpu_by_part]
    return cell(statistics.median(found) if found else None, 2)
