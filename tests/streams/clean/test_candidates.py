"""Choice of one value from several places."""

from collections.abc import Iterable

import pytest

from streams.clean.candidates import Candidate, Choice, choose
from streams.records.clean import Agreement


def _choose(*places: tuple[str, str, float]) -> Choice[str] | None:
    candidates: Iterable[Candidate[str]] = (Candidate(*place) for place in places)
    return choose(candidates, same=lambda a, b: a.lower() == b.lower())


def test_choose_without_candidates_returns_none() -> None:
    assert _choose() is None


@pytest.mark.parametrize(
    ("places", "value", "agreement"),
    [
        ([("Rain", "og", 0.8)], "Rain", Agreement.ONLY),
        ([("Rain", "og", 0.8), ("rain", "h1", 0.6)], "Rain", Agreement.AGREED),
        ([("Rain", "og", 0.8), ("Rain", "og", 0.8)], "Rain", Agreement.ONLY),
        (
            [("Snow", "og", 0.8), ("Rain", "h1", 0.6), ("Rain", "x", 0.6)],
            "Rain",
            Agreement.DISPUTED,
        ),
        ([("Snow", "og", 0.8), ("Rain", "h1", 0.6)], "Snow", Agreement.DISPUTED),
        ([("Rain", "og", 0.8), ("Snow", "h1", 0.8)], "Rain", Agreement.DISPUTED),
    ],
)
def test_choose_prefers_most_trusted_agreement(
    places: list[tuple[str, str, float]], value: str, agreement: Agreement
) -> None:
    choice = _choose(*places)

    assert choice is not None
    assert (choice.value, choice.provenance.agreement) == (value, agreement)


def test_choose_counts_each_source_once() -> None:
    choice = _choose(("Rain", "og", 0.8), ("Rain", "og", 0.8))

    assert choice is not None
    assert choice.provenance.confidence == 0.8


def test_choose_keeps_at_most_five_alternatives() -> None:
    choice = _choose(*((f"value {n}", "og", 0.5) for n in range(9)))

    assert choice is not None
    assert len(choice.provenance.alternatives) == 5
