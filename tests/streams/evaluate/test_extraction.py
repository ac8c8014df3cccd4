"""Scores of the clean stage, on manually counted cases and a small set."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner

from streams.cli.evaluate.extraction import extraction
from streams.evaluate.extraction import (
    GoldPage,
    ReadPage,
    author_f1,
    body_scores,
    changes,
    evaluate,
    gold_pages,
    page_rows,
    same_day,
    score_page,
    summary,
)
from tests.support.pages import PARAGRAPHS, page

FETCHED = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gold", "read", "precision", "recall"),
    [
        ("a b c d e f", "a b c d e f", 1.0, 1.0),
        # Three shingles each, one of them (b c d e) in both.
        ("a b c d e f", "b c d e x y", 1 / 3, 1 / 3),
        # Gold has 1 shingle, read has 3, one of them is it.
        ("a b c d", "a b c d e f", 1 / 3, 1.0),
        ("a b c d e f", "a b c d", 1.0, 1 / 3),
        # A shingle counts as often as it comes: read says it twice (a b c d a b c d: 5 shingles).
        ("a b c d", "a b c d a b c d", 1 / 5, 1.0),
        # Shorter than four tokens: the text is one shingle.
        ("a b", "a b", 1.0, 1.0),
        ("a b", "a c", 0.0, 0.0),
        ("a b c d", "", None, 0.0),
        ("", "a b c d", 0.0, None),
        # Case counts, punctuation does not.
        ("A b, c d.", "A b c d", 1.0, 1.0),
        ("A b c d", "a b c d", 0.0, 0.0),
    ],
)
def test_body_scores_equal_manual_counts(
    gold: str, read: str, precision: float | None, recall: float | None
) -> None:
    assert body_scores(gold, read) == (pytest.approx(precision), pytest.approx(recall))


@given(st.text(min_size=1))
def test_body_scores_of_equal_texts_are_one(text: str) -> None:
    assert body_scores(text, text) in {(1.0, 1.0), (None, None)}


@given(st.text(), st.text())
def test_body_scores_are_symmetric(one: str, other: str) -> None:
    assert body_scores(one, other) == body_scores(other, one)[::-1]


@pytest.mark.parametrize(
    ("gold", "read", "f1"),
    [
        (["Ann"], ["Ann"], 1.0),
        (["Ann", "Bob"], ["ann"], 2 / 3),
        (["Ann"], [], 0.0),
        (["Ann"], ["Ann", "Bob", "Cy"], 0.5),
        (["Ann\u00a0B"], ["Ann B"], 1.0),
    ],
)
def test_author_f1_compares_sets(gold: list[str], read: list[str], f1: float) -> None:
    assert author_f1(gold, read) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("gold", "read", "same"),
    [
        ("2026-01-18 10:00:00+01:00", "2026-01-18T09:00:00+00:00", True),
        ("2026-01-18 00:30:00+01:00", "2026-01-17T23:30:00+00:00", True),
        ("2026-01-18 00:30:00+01:00", "2026-01-17", False),
        ("2026-01-18", "2026-01-18", True),
        ("2026-01-18", "", False),
    ],
)
def test_same_day_compares_in_offset_of_label(gold: str, read: str, same: bool) -> None:  # noqa: FBT001
    assert same_day(gold, read) is same


def test_field_without_label_is_not_scored() -> None:
    scores = score_page(GoldPage("1", "", b""), ReadPage("1", title="x", text="a b c d"))

    assert (scores.body, scores.title, scores.contained, scores.date, scores.authors) == (None,) * 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write two pages: one labeled completely, one with a title only."""
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "1.html.gz").write_bytes(
        gzip.compress(page(head='<meta name="author" content="Ann Example">').encode(), mtime=0)
    )
    (tmp_path / "html" / "2.html").write_text(page(title="Snow falls"))
    rows = [
        {"id": 1, "url": "https://n.test/a-1", "html": "1.html.gz",
         "title": "Harbor bridge reopens",
         "authors": ["Ann Example"], "date": "2026-01-18", "text": "\n".join(PARAGRAPHS)},
        {"id": 2, "url": "", "html": "2.html", "title": "Rain"},
    ]  # fmt: skip
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_evaluate_reads_and_scores_every_page(folder: Path) -> None:
    figures = summary(evaluate(folder, max_page_bytes=100_000, fetched=FETCHED))

    assert figures["body"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert figures["title"] == {"exact": 0.5, "containment": 0.5}
    assert (figures["date"], figures["authors"]) == (0.0, {"f1": 1.0})
    assert (figures["pages"], figures["errors"]) == (2, 0)


def test_rejected_page_counts_as_error(folder: Path) -> None:
    figures = summary(evaluate(folder, max_page_bytes=10, fetched=FETCHED))

    assert (figures["errors"], figures["body"]["f1"]) == (2, 0.0)


def test_gold_pages_reads_packed_and_plain_files(folder: Path) -> None:
    assert [len(gold.html) > 100 for gold in gold_pages(folder)] == [True, True]


def test_page_rows_have_extracted_fields(folder: Path) -> None:
    row = orjson.loads(next(page_rows(evaluate(folder, max_page_bytes=100_000, fetched=FETCHED))))

    assert list(row)[:5] == ["id", "title", "authors", "date", "text"]
    assert row["authors"] == ["Ann Example"]


def test_changes_lists_differences_worst_first() -> None:
    old = [b'{"id": "1", "scores": {"body": 0.5, "title": true, "date": null}}']
    new = [b'{"id": "1", "scores": {"body": 0.75, "title": false, "date": true}}']

    assert changes(old, new) == [("1", "title", 1.0, 0.0), ("1", "body", 0.5, 0.75)]


def test_command_prints_one_json_object(folder: Path, tmp_path: Path) -> None:
    app = Typer()
    app.command()(extraction)
    saved = tmp_path / "run.jsonl"

    result = CliRunner().invoke(app, [str(folder), "--json", "--save", str(saved)])

    assert result.exit_code == 0
    assert orjson.loads(result.stdout)["body"]["f1"] == 1.0
    assert len(saved.read_bytes().splitlines()) == 2


def test_command_compares_with_older_run(folder: Path, tmp_path: Path) -> None:
    app = Typer()
    app.command()(extraction)
    old = tmp_path / "old.jsonl"
    old.write_text('{"id": "1", "scores": {"body": 0.5}}\n')

    result = CliRunner().invoke(app, [str(folder), "--compare", str(old)])

    assert "+0.500  body" in result.stdout


@pytest.mark.slow
def test_development_set_reaches_floors(shared: Path) -> None:
    figures = summary(
        evaluate(
            shared / "evals/extraction/fundus-dev",
            max_page_bytes=8 << 20,
            fetched=datetime.now(UTC),
        )
    )

    assert figures["body"]["f1"] >= 0.965
    assert figures["title"]["exact"] >= 0.89
    assert figures["date"] >= 0.985
    assert figures["authors"]["f1"] >= 0.89
