"""The metrics of a worker."""

import pytest

from streams.topology import STAGES, Stage
from streams.worker.metrics import MEMORY_GAUGES, StageMetrics


def test_count_keeps_decisions_and_reasons_apart() -> None:
    metrics = StageMetrics("clean")

    for decision, reason in (("emitted", ""), ("emitted", ""), ("rejected", "timed_out")):
        metrics.count(decision, reason)

    def value(decision: str, reason: str) -> float | None:
        labels = {"stage": "clean", "decision": decision, "reason": reason}
        return metrics.registry.get_sample_value("news_records_total", labels)

    assert (value("emitted", ""), value("rejected", "timed_out")) == (2.0, 1.0)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_metrics_have_their_names(stage: Stage) -> None:
    metrics = StageMetrics(stage.name)
    metrics.duration.observe(0.01)

    names = {metric.name for metric in metrics.registry.collect()}

    assert names == {
        "news_records",
        "news_rejected_records",
        "news_reject_share",
        "news_stage_duration_seconds",
        "news_in_flight_records",
        "news_lag_records",
        "news_unassigned_partitions",
        "news_unreadable_records",
        "news_memory_articles",
        *MEMORY_GAUGES,
    }
