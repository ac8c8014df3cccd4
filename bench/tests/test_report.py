"""The report of the benchmark: ratios within rounds, and requirements met or not."""

import pytest

from bench.engines.engines import OURS
from bench.engines.report import POOL, Results, bars
from bench.engines.runs import Latency, Throughput


def burst(cpu_seconds: float) -> Throughput:
    """Return a burst of a hundred articles in ten seconds."""
    return Throughput(
        articles=100,
        wall_seconds=10.0,
        cpu_seconds=cpu_seconds,
        peak_mib=1.0,
        ends={"routed": 100},
        repeats=0,
    )


def results(ours: list[float], pool: list[float]) -> Results:
    """Return rounds of both engines on the pages."""
    return Results(
        throughput={
            ("html", OURS.name): [burst(seconds) for seconds in ours],
            ("html", POOL): [burst(seconds) for seconds in pool],
        }
    )


def test_ratio_compares_runs_of_the_same_round() -> None:
    found = results(ours=[2.0, 20.0, 2.0], pool=[1.8, 18.0, 1.8])

    assert found.ratio("html", POOL) == pytest.approx(0.9)


def test_cpu_ms_is_the_median_of_the_rounds() -> None:
    assert results(ours=[1.0, 2.0, 9.0], pool=[]).cpu_ms("html", OURS.name) == pytest.approx(20.0)


def test_figures_are_none_without_runs() -> None:
    found = Results()

    assert (found.ratio("html", POOL), found.cpu_ms("html", OURS.name)) == (None, None)
    assert found.per_second("html", OURS.name) is None


@pytest.mark.parametrize(("pool", "verdict"), [(1.9, "yes"), (1.7, "no")])
def test_bars_show_whether_they_are_met(pool: float, verdict: str) -> None:
    row = next(
        line for line in bars(results(ours=[2.0], pool=[pool]), [OURS]) if "in a pool" in line
    )

    assert row.endswith(f"| ≥ 0.90 | {verdict} |")


@pytest.mark.parametrize(("p50", "verdict"), [(99.0, "yes"), (100.0, "no")])
def test_latency_must_be_below_its_bar(p50: float, verdict: str) -> None:
    found = Results(
        latency={
            ("text", OURS.name): Latency(per_second=1.0, articles=9, p50=p50, p95=200.0, p99=300.0)
        }
    )

    row = next(line for line in bars(found, [OURS]) if line.startswith("| text") and "p50" in line)

    assert row.endswith(f"| < 100 | {verdict} |")
