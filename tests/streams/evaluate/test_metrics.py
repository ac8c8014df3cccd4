from hypothesis import given
from hypothesis import strategies as st

from streams.evaluate.metrics import (
    average_precision,
    best_threshold,
    cross_validated_f1,
    precision_recall_f1,
)

LABELED = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0])), min_size=1)


@given(LABELED)
def test_average_precision_ignores_order(
    rows: list[tuple[bool, float]],
) -> None:
    labels, values = zip(*rows, strict=True)
    turned, back = zip(*reversed(rows), strict=True)

    assert average_precision(labels, values) == average_precision(turned, back)
    assert 0 <= average_precision(labels, values) <= 1


@given(LABELED)
def test_best_threshold_has_best_f1(rows: list[tuple[bool, float]]) -> None:
    labels, values = zip(*rows, strict=True)

    f1s = [
        precision_recall_f1(labels, [value >= threshold for value in values])[2]
        for threshold in (best_threshold(labels, values), *values)
    ]

    assert f1s[0] == max(f1s)
    assert cross_validated_f1(labels, values) <= 1
