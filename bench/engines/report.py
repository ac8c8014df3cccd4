"""Turn single runs into tables: medians, ratios, and the required limits."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

from bench.engines.engines import OURS, Kind
from bench.engines.runs import Latency, Throughput

POOL = "functions, pool"
INLINE = "functions, one process"
PACKAGES = (
    "news-streams",
    "faust-streaming",
    "aiokafka",
    "quixstreams",
    "bytewax",
    "confluent-kafka",
)

HTML_BAR, PEER_BAR, P50_BAR, P99_BAR = 0.90, 1.0, 100.0, 400.0
"""Requirements of issue 9: shares, and milliseconds."""


@dataclass
class Results:
    """All measured figures.

    Attributes:
        throughput: Bursts by stream and engine, one per round.
        latency: Latency at half load by stream and engine.
        stages: CPU milliseconds of each function per article, by stream.
        failures: Runs that failed.
    """

    throughput: dict[tuple[str, str], list[Throughput]] = field(default_factory=dict)
    latency: dict[tuple[str, str], Latency] = field(default_factory=dict)
    stages: dict[str, dict[str, float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def cpu_ms(self, stream: str, engine: str) -> float | None:
        """Return the median of the CPU milliseconds per article."""
        runs = self.throughput.get((stream, engine), [])
        found = [1000 * run.cpu_seconds / run.articles for run in runs]
        return statistics.median(found) if found else None

    def per_second(self, stream: str, engine: str) -> float | None:
        """Return the median of the articles per second by the wall clock."""
        runs = self.throughput.get((stream, engine), [])
        return statistics.median(run.articles / run.wall_seconds for run in runs) if runs else None

    def ratio(self, stream: str, other: str) -> float | None:
        """Return this pipeline's articles per CPU second, divided by those of another engine.

        The median of the ratios within each round: rounds differ more than engines do.
        """
        pairs = zip(
            self.throughput.get((stream, OURS.name), []),
            self.throughput.get((stream, other), []),
            strict=False,
        )
        found = [(b.cpu_seconds / b.articles) / (a.cpu_seconds / a.articles) for a, b in pairs]
        return statistics.median(found) if found else None

    def as_json(self, **about: Any) -> str:
        """Return every single figure as JSON."""
        return json.dumps(
            {
                **about,
                "throughput": [
                    {"stream": s, "engine": e, **asdict(run)}
                    for (s, e), runs in self.throughput.items()
                    for run in runs
                ],
                "latency": [
                    {"stream": s, "engine": e, **asdict(found)}
                    for (s, e), found in self.latency.items()
                ],
                "cpu_ms_of_functions": self.stages,
                "failures": self.failures,
            },
            indent=1,
        )


def machine() -> dict[str, Any]:
    """Return the machine and the versions of this measurement."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "time": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "versions": versions,
    }


def cell(value: float | None, digits: int = 1) -> str:
    """Return a figure as text for a table."""
    return "–" if value is None else f"{value:,.{digits}f}"


def row(cells: Iterable[str]) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


HEAD = (
    "engine",
    "CPU ms an article",
    "beyond the functions",
    "articles a CPU second",
    "ours ÷ it",
    "articles/s, wall",
    "peak MiB",
    "half load, articles/s",
    "p50 / p95 / p99 ms",
    "sent twice",
)


def _table(results: Results, stream: str, engines: Sequence[str]) -> list[str]:
    base = results.cpu_ms(stream, INLINE)
    lines = [row(HEAD), row("---" for _ in HEAD)]
    for engine in engines:
        cpu = results.cpu_ms(stream, engine)
        if cpu is None:
            continue
        runs = results.throughput[stream, engine]
        latency = results.latency.get((stream, engine))
        lines.append(
            row(
                (
                    engine,
                    cell(cpu, 2),
                    cell(None if base is None else cpu - base, 2),
                    cell(1000 / cpu),
                    cell(results.ratio(stream, engine), 2),
                    cell(results.per_second(stream, engine)),
                    cell(max(run.peak_mib for run in runs), 0),
                    cell(latency.per_second if latency else None),
                    latency.quantiles_text if latency else "–",
                    str(sum(run.repeats for run in runs)),
                )
            )
        )
    return lines


def bars(results: Results, kinds: Sequence[Kind]) -> list[str]:
    """Return the rows that compare the figures with the requirements, as far as measured."""
    names = {kind.name for kind in kinds}
    found: list[tuple[str, float | None, float, bool]] = [
        (
            "html, articles per CPU second, ours ÷ functions in a pool",
            results.ratio("html", POOL),
            HTML_BAR,
            True,
        )
    ]
    for stream, others in (
        ("html", [kind.name for kind in kinds if kind.needs]),
        ("text", sorted({"Quix exactly-once"} & names)),
    ):
        found += [
            (
                f"{stream}, articles per CPU second, ours ÷ {other}",
                results.ratio(stream, other),
                PEER_BAR,
                True,
            )
            for other in others
        ]
    for stream in ("html", "text"):
        latency = results.latency.get((stream, OURS.name))
        for name, bar in (("p50", P50_BAR), ("p99", P99_BAR)):
            value = getattr(latency, name) if latency else None
            found.append((f"{stream}, raw to routed at half load, {name} ms", value, bar, False))
    lines = [row(("what", "measured", "bar", "met")), row(("---",) * 4)]
    for what, value, bar, at_least in found:
        met = value is not None and (value >= bar if at_least else value < bar)
        digits = 2 if at_least else 0
        sign = "≥" if at_least else "<"
        says = "–" if value is None else "yes" if met else "no"
        lines.append(row((what, cell(value, digits), f"{sign} {bar:.{digits}f}", says)))
    return lines


def conditions(about: dict[str, Any]) -> list[str]:
    """Return date, machine and conditions of the measurement as two sentences."""
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    load = "/".join(map(str, about["load_average"]))
    where = (
        f"Measured {about['time']} in {about['seconds']} s on {about['cores']} cores with "
        f"{about['memory_gib']} GiB, load average {load} at the end, Python {about['python']}; "
        f"{versions}."
    )
    how = (
        f"{about['rounds']} rounds, the engines in turn, medians; the CPU of all an engine's "
        "processes, the broker's left out. `ours ÷ it`: articles per CPU second, the median of "
        "the ratios in each round."
    )
    return [where, how]


def markdown(results: Results, about: dict[str, Any], kinds: Sequence[Kind]) -> str:
    """Return the report on these engines in Markdown."""
    engines = [OURS.name, POOL, INLINE, *(k.name for k in kinds if k is not OURS)]
    lines = [*conditions(about), "", *bars(results, kinds)]
    for stream in dict.fromkeys(stream for stream, _ in results.throughput):
        per_stage = results.stages.get(stream, {})
        costs = ", ".join(f"{stage} {ms:.2f}" for stage, ms in per_stage.items())
        lines += ["", f"**{stream}**, {about['articles'][stream]} articles a round"]
        lines[-1] += f"; CPU ms of the functions: {costs}" if costs else ""
        lines += ["", *_table(results, stream, engines)]
    lines += ["", "| engine | promises, as run here |", "| --- | --- |"]
    lines += [row((kind.name, kind.promises)) for kind in kinds]
    lines += [f"\nFailed: {failure.splitlines()[0]}" for failure in results.failures]
    return "\n".join(lines) + "\n"
