from math import inf

import pytest

from streams.dedupe.evidence import Evidence, SharedText
from streams.dedupe.model import FIGURES, FOR, THRESHOLD, reasons_of, shipped_model

NEAR = Evidence(
    similarity=0.6,
    sentences=0.5,
    own_passages=0.05,
    numbers_and_names=0.0,
    facts_in_places=0.0,
)
REPORT = Evidence(
    similarity=0.9,
    sentences=0.9,
    own_passages=0.0,
    numbers_and_names=0.0,
    facts_in_places=0.0,
    signs=("template",),
)


def test_shipped_weights_have_sign_of_figure() -> None:
    weights = shipped_model().weights

    assert set(weights) == set(FIGURES)
    assert all((weight >= 0) is (name in FOR) for name, weight in weights.items() if weight)


def test_score_is_sum_of_contributions_and_bias() -> None:
    model = shipped_model()

    assert model.score(NEAR) == pytest.approx(model.bias + sum(model.contributions(NEAR).values()))


def test_score_of_shared_text_is_upper_bound() -> None:
    text = SharedText(similarity=NEAR.similarity, sentences=NEAR.sentences)

    assert shipped_model().score(text) >= shipped_model().score(NEAR)


def test_higher_threshold_lowers_score() -> None:
    model = shipped_model()

    assert model.score(NEAR, threshold=THRESHOLD + 0.1) < model.score(NEAR)


def test_sign_of_two_reports_decides_alone() -> None:
    assert shipped_model().score(REPORT) == -inf
    assert reasons_of(REPORT, shipped_model()) == [
        "only numbers and names differ, as in reports of one template"
    ]


def test_reasons_name_weightiest_figure_first() -> None:
    reasons = reasons_of(NEAR, shipped_model())

    assert reasons[0].startswith("similarity 0.60: +")
    assert reasons[-1].startswith("without any evidence: -")
