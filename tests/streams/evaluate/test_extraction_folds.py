"""Cross-validation of the regression, and what it needs."""

import numpy as np
import pytest

from streams.evaluate.extraction_folds import longest_line, snippet_scores
from streams.evaluate.extraction_pages import GoldPage, ReadPage
from streams.evaluate.line_labels import (
    fit_lines,
    fold_of,
    lines_with_body,
    lines_with_snippets,
    publisher,
)
from streams.evaluate.logistic import fit_logistic
from streams.evaluate.snippets import Snippets
from tests.support.pages import PARAGRAPHS, page

GOLD = GoldPage(
    "1", "https://news.test/rain", page("<p>Photo: Ann</p>").encode(), text="\n".join(PARAGRAPHS)
)


def test_fit_logistic_finds_the_odds() -> None:
    rows = np.repeat([[0.0], [1.0]], 100, axis=0)
    labels = np.array([0.0] * 75 + [1.0] * 25 + [0.0] * 20 + [1.0] * 80)

    fit = fit_logistic(rows, labels, np.ones(200), penalty=1e-6)

    assert fit.bias == pytest.approx(np.log(25 / 75), abs=1e-3)
    assert fit.bias + fit.weights[0] == pytest.approx(np.log(80 / 20), abs=1e-3)


def test_fit_logistic_accepts_constant_feature_and_separable_labels() -> None:
    rows = np.array([[1.0, 0.0], [1.0, 1.0]])

    fit = fit_logistic(rows, np.array([0.0, 1.0]), np.ones(2), penalty=1.0)

    assert np.isfinite(fit.weights).all()


@pytest.mark.parametrize("url", ["https://www.vikpost.test/a", "https://m.vikpost.test/b?c=1"])
def test_pages_of_a_publisher_are_in_one_fold(url: str) -> None:
    assert fold_of(publisher(GoldPage("1", url, b""))) == fold_of("vikpost")


def test_lines_with_body_labels_paragraphs() -> None:
    labeled = lines_with_body(GOLD)

    assert labeled is not None
    assert labeled.labels.tolist() == [0, 1, 1, 1, 0]
    assert labeled.importance[1] > labeled.importance[4] > 0


def test_lines_with_snippets_counts_only_lines_with_one() -> None:
    labeled = lines_with_snippets(GOLD, Snippets(("harbor bridge opened",), ("Photo",)))

    assert labeled is not None
    assert (labeled.importance > 0).tolist() == [False, True, False, False, True]


def test_fit_lines_gives_same_weights_twice() -> None:
    labeled = lines_with_body(GOLD)
    assert labeled is not None

    assert (fit_lines([labeled]).weights == fit_lines([labeled]).weights).all()


def test_snippet_scores_counts_standfirst_as_text() -> None:
    read = ReadPage("1", text="One.", summary="Two.")

    assert snippet_scores([(read, Snippets(("One", "Two"), ("Three",)))]) == (1.0, 1.0, 1.0)


def test_longest_line_is_the_one_that_differs() -> None:
    assert longest_line("a b c d e\nf g h i", without="a b c d e") == "f g h i"
