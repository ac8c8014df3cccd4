import pytest

from streams.dedupe.evidence import Evidence
from streams.dedupe.model import FIGURES, FOR
from streams.errors import UsageError
from streams.evaluate.duplicates import Pair
from streams.evaluate.duplicates_training import (
    Example,
    cross_validate,
    cross_validated_scores,
    example_of,
    fit,
)


def example(similarity: float, *, is_copy: bool, signs: tuple[str, ...] = ()) -> Example:
    evidence = Evidence(
        similarity=similarity,
        sentences=similarity / 2,
        own_passages=1 - similarity,
        numbers_and_names=0.0,
        facts_in_places=0.0,
        signs=signs,
    )
    return Example(Pair(f"{similarity}", "", "", is_copy=is_copy), evidence)


EASY = [
    *(example(value / 10, is_copy=True) for value in (6, 7, 8, 9)),
    *(example(value / 10, is_copy=False) for value in (1, 2, 3, 4)),
]


def test_fit_gives_same_signed_weights_each_time() -> None:
    model = fit({"one": EASY})

    assert model == fit({"one": EASY})
    assert all((model.weights[name] >= 0) is (name in FOR) for name in FOR)
    assert all(model.weights[name] <= 0 for name in FIGURES if name not in FOR)


def test_fit_ignores_pairs_that_a_sign_decides() -> None:
    signed = [example(0.9, is_copy=False, signs=("template",))] * 8

    assert fit({"one": [*EASY, *signed]}).weights["similarity"] > 0


def test_cross_validate_names_worst_pairs_with_reason() -> None:
    odd = example(0.95, is_copy=False)

    report = cross_validated_scores(cross_validate({"one": EASY, "two": [*EASY, odd]}))

    assert report["one"]["f1"] == 1
    assert report["two"]["worst"][0]["id"] == "0.95"
    assert "similarity 0.95" in report["two"]["worst"][0]["reason"]


def test_cross_validate_of_one_set_is_refused() -> None:
    with pytest.raises(UsageError, match="at least two"):
        cross_validate({"one": EASY})


def test_example_of_short_text_has_no_evidence() -> None:
    assert example_of(Pair("1", "Rain fell.", "Rain falls.", is_copy=True)).evidence is None
