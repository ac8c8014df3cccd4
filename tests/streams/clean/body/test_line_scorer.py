"""The regression that finds the lines of an article."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.body.extract import read_page_lines
from streams.clean.body.known_fields import KnownFields
from streams.clean.body.line_features import FEATURES, PageReading, line_features
from streams.clean.body.line_scorer import LineScorer, RuleChooser, trained_scorer
from streams.clean.html.page import parse_page
from tests.support.pages import PARAGRAPHS, page

LOW = LineScorer(np.zeros(len(FEATURES)), -9.0)
HIGH = LineScorer(np.zeros(len(FEATURES)), 9.0)


def reading_of(html: str) -> PageReading:
    parsed = parse_page(html)
    assert parsed is not None
    return read_page_lines(parsed, KnownFields(titles=parsed.h1))[1]


def texts_of(scorer: LineScorer, reading: PageReading) -> list[str]:
    return [line.text for line in scorer.kept_lines(reading)]


def test_features_have_one_row_for_each_line_and_are_finite() -> None:
    rows = line_features(reading_of(page("<p>Read also: Snow</p><ul><li>One</li></ul>")))

    assert rows.shape == (6, len(FEATURES))
    assert np.isfinite(rows).all()
    assert np.abs(rows).max() <= 3


@given(st.lists(st.sampled_from(["<div>", "<p>", "x ", "。", "<b>", "</p>", PARAGRAPHS[0]])))
def test_features_of_any_page_are_finite(parts: list[str]) -> None:
    assert np.isfinite(line_features(reading_of(f"<html><h1>Rain</h1>{''.join(parts)}"))).all()


def test_trained_scorer_keeps_paragraphs() -> None:
    assert texts_of(trained_scorer(), reading_of(page())) == list(PARAGRAPHS)


def test_rules_are_used_where_no_line_is_likely() -> None:
    reading = reading_of(page())

    assert LOW.kept_lines(reading) == reading.kept


def test_rules_are_used_for_page_with_too_many_lines() -> None:
    reading = reading_of(page())
    long = replace(reading, own=reading.own * 2000)

    assert HIGH.kept_lines(long) == reading.kept


def test_rule_chooser_keeps_what_rules_kept() -> None:
    reading = reading_of(page())

    assert RuleChooser().kept_lines(reading) == reading.kept


@pytest.mark.parametrize(
    "line",
    [
        "<p>Read also: Snow in May</p>",
        "<h2>Related stories</h2>",
        "<form><p>Your name</p></form>",
        "<p>2 March 2026, 9:15</p>",
    ],
)
def test_headline_pointer_and_date_are_never_added(line: str) -> None:
    reading = replace(reading_of(page(line)), kept=[])

    assert texts_of(HIGH, reading) == list(PARAGRAPHS)


@pytest.mark.parametrize("n", [1, 3, 6])
def test_dialog_above_headline_has_no_influence(n: int) -> None:
    # A dialog of more than five times the article is taken for it: MIN_SHARE_OF_PART_ABOVE.
    dialog = f"<div><h2>Your choices about cookies</h2>{f'<p>{PARAGRAPHS[1] * 2}</p>' * n}</div>"
    text = "".join(f"<div>{paragraph}</div>" for paragraph in PARAGRAPHS)
    html = f"<title>Bank buys mill</title><body>{dialog}<div><h1>Bank buys mill</h1>{text}</div>"
    parsed = parse_page(f"<!doctype html><html>{html}</html>")
    assert parsed is not None
    known = KnownFields(titles=("Bank buys mill",), declared=("Bank buys mill",))
    reading = read_page_lines(parsed, known)[1]

    assert texts_of(trained_scorer(), reading) == list(PARAGRAPHS)
