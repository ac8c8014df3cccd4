import pytest

from streams.fetch.failure import WEIGHTS, Failure, failure_of_status


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (410, Failure.GONE),
        (404, Failure.HARD),
        (403, Failure.HARD),
        (429, Failure.TEMPORARY),
        (503, Failure.TEMPORARY),
        (521, Failure.TEMPORARY),
        (501, Failure.SOFT),
        (305, Failure.SOFT),
    ],
)
def test_failure_of_status_classifies_status(status: int, expected: Failure) -> None:
    assert failure_of_status(status) is expected


def test_weights_are_positive_for_every_failure() -> None:
    assert set(WEIGHTS) == set(Failure)
    assert min(WEIGHTS.values()) > 0
