"""Label the lines of pages for the regression that finds an article's text."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from streams.clean.body.line_features import Matrix, PageReading, line_features
from streams.clean.body.line_scorer import LineScorer
from streams.clean.body.main_content import blocks_of
from streams.clean.body.text_lines import TextLine
from streams.evaluate.extraction_pages import GoldPage, read_page, url_of
from streams.evaluate.extraction_scores import SHINGLE_TOKENS, shingles, tokens
from streams.evaluate.logistic import Vector, fit_logistic
from streams.evaluate.snippets import Snippets
from streams.records.clean import ParagraphKind
from streams.text.urls import registrable_domain

N_FOLDS: Final = 5

PENALTY: Final = 10.0
"""Of the regression; 10 and 100 were compared by cross-validation (2026-12-01)."""

SNIPPET_TOKENS: Final = 20
"""A line with a snippet counts as one of this length; 6, 20 and 50 were compared (2026-12-01)."""

MAX_PAGE_BYTES: Final = 20 * 1024 * 1024
FETCHED: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""Time after every page; it does not change the text."""

MIN_INSIDE: Final = 0.5
"""Least share of a line's shingles in the labeled body for a line of the body …"""

DOUBTFUL: Final = 0.3
"""… and the share by which lines between .2 and .8 count."""


@dataclass(frozen=True, eq=False, slots=True)
class LabeledLines:
    """Lines of a page: features, labels, and how much each counts.

    Attributes:
        group: Publisher; all its pages are in one fold.
        rows: `streams.clean.body.line_features.FEATURES` of each line.
        labels: 1 for a line of the article, else 0.
        importance: Number of tokens; 0 for a line whose label is unknown.
    """

    group: str
    rows: Matrix
    labels: Vector
    importance: Vector


def publisher(page: GoldPage) -> str:
    """Return the publisher of a page: its domain without the ending, since .de and .com are one.

    Examples:
        >>> publisher(GoldPage("1", "https://www.vikpost.test/rain", b""))
        'vikpost'
    """
    return registrable_domain(url_of(page)).partition(".")[0] or page.id


def fold_of(group: str) -> int:
    """Return the fold of a publisher, which is the same in every run and every set."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % N_FOLDS


class _Recorder:
    """Keeps what the rules found in a page while it is extracted."""

    def __init__(self) -> None:
        self.reading: PageReading | None = None

    def kept_lines(self, reading: PageReading) -> list[TextLine]:
        """Return the lines of the rules."""
        self.reading = reading
        return reading.kept


def reading_of(page: GoldPage) -> PageReading | None:
    """Return what the rules find in a page; None if it is not read as HTML."""
    recorder = _Recorder()
    read_page(page, max_page_bytes=MAX_PAGE_BYTES, fetched=FETCHED, scorer=recorder)
    return recorder.reading


def lines_with_body(page: GoldPage) -> LabeledLines | None:
    """Label the lines of a page whose body is known; None if the page has no lines.

    A line that the rules take for the standfirst is left out, since labeled bodies begin below it.
    """
    body = shingles(page.text)
    short = {tuple(tokens(line)) for line in page.text.split("\n")}
    reading = reading_of(page)
    if reading is None:
        return None
    blocks = blocks_of(reading.kept, reading.above, reading.known)
    standfirst = {block.text for block in blocks if block.kind is ParagraphKind.SUMMARY}
    labels, importance = [], []
    for line in reading.lines:
        words = tokens(line.text)
        found = shingles(line.text)
        inside = (found & body).total() / found.total() if found else 0.0
        if len(words) < SHINGLE_TOKENS:
            inside = float(tuple(words) in short)
        doubt = DOUBTFUL if 0.2 <= inside <= 0.8 else 1.0  # noqa: PLR2004
        count = len(words) if len(words) >= SHINGLE_TOKENS else len(words) / 2
        labels.append(float(inside >= MIN_INSIDE))
        importance.append(0.0 if line.text in standfirst else count * doubt)
    return _labeled(page, line_features(reading), labels, importance)


def lines_with_snippets(page: GoldPage, snippets: Snippets) -> LabeledLines | None:
    """Label the lines of a page that have one of its snippets; None if the page has no lines."""
    reading = reading_of(page)
    if reading is None:
        return None
    labels, importance = [], []
    for line in reading.lines:
        wanted = any(snippet in line.text for snippet in snippets.wanted)
        unwanted = any(snippet in line.text for snippet in snippets.unwanted)
        labels.append(float(wanted))
        importance.append(SNIPPET_TOKENS * float(wanted != unwanted))
    return _labeled(page, line_features(reading), labels, importance)


def fit_lines(pages: Iterable[LabeledLines]) -> LineScorer:
    """Fit the regression to labeled lines."""
    chosen = list(pages)
    importance = np.concatenate([page.importance for page in chosen])
    rows = np.vstack([page.rows for page in chosen])
    labels = np.concatenate([page.labels for page in chosen])
    used = importance > 0
    fit = fit_logistic(rows[used], labels[used], importance[used], penalty=PENALTY)
    return LineScorer(fit.weights, fit.bias)


def fold_scorers(pages: Iterable[LabeledLines]) -> Iterator[LineScorer]:
    """Yield for each fold the regression that has seen none of its publishers."""
    chosen = list(pages)
    for fold in range(N_FOLDS):
        yield fit_lines(page for page in chosen if fold_of(page.group) != fold)


def _labeled(
    page: GoldPage, rows: Matrix, labels: list[float], importance: list[float]
) -> LabeledLines | None:
    if not labels:
        return None
    return LabeledLines(publisher(page), rows, np.array(labels), np.array(importance))
