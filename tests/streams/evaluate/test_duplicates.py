import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import UsageError
from streams.evaluate.duplicates import (
    Pair,
    average_precision,
    best_threshold,
    cross_validated_f1,
    judge,
    precision_recall_f1,
    read_pairs,
    read_stream,
    run_stream,
    summary,
)

WORDS = [f"word{n}" for n in range(200)]
LABELED = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0])), min_size=1)


def text(edits: int = 0) -> str:
    chance = random.Random(edits)  # noqa: S311  # the same edits every time
    places = set(chance.sample(range(len(WORDS)), edits))
    return " ".join("edited" if n in places else word for n, word in enumerate(WORDS))


@pytest.mark.parametrize(
    ("a", "b", "verdict", "method"),
    [
        (text(), text(), True, "exact"),
        (text(), text(6), True, "near"),
        (text(), text(150), False, ""),
        ("Rain fell.", "Rain fell.", True, "exact"),
        ("Rain fell.", "Rain falls.", False, ""),
    ],
)
def test_judge_says_what_the_stage_says(a: str, b: str, method: str, *, verdict: bool) -> None:
    judgement = judge(Pair("p", a, b, is_copy=True))

    assert (judgement.verdict, judgement.method) == (verdict, method)
    assert (judgement.score >= 0.48) is verdict


def test_summary_scores_all_files_together_and_each() -> None:
    one = judge(Pair("1", text(), text(6), is_copy=True))
    other = judge(Pair("2", text(), text(6), is_copy=False))

    report = summary({"one": [one], "other": [other]})

    assert (report["precision"], report["recall"]) == (0.5, 1)
    assert (report["files"]["one"]["f1"], report["files"]["other"]["f1"]) == (1, 0)
    assert set(report) >= {"precision", "recall", "f1", "average_precision", "threshold", "files"}


@given(LABELED)
def test_average_precision_does_not_depend_on_the_order_of_the_pairs(
    rows: list[tuple[bool, float]],
) -> None:
    labels, values = zip(*rows, strict=True)
    turned, back = zip(*reversed(rows), strict=True)

    assert average_precision(labels, values) == average_precision(turned, back)
    assert 0 <= average_precision(labels, values) <= 1


@given(LABELED)
def test_no_threshold_is_better_than_the_best(rows: list[tuple[bool, float]]) -> None:
    labels, values = zip(*rows, strict=True)

    f1s = [
        precision_recall_f1(labels, [value >= threshold for value in values])[2]
        for threshold in (best_threshold(labels, values), *values)
    ]

    assert f1s[0] == max(f1s)
    assert cross_validated_f1(labels, values) <= 1


def test_read_pairs_says_which_line_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"id": 1, "a": "x", "b": "y", "label": 1}\n{"id": 2}\n')

    with pytest.raises(UsageError, match="line 2"):
        list(read_pairs(path))


def test_run_stream_counts_kinds_and_names_originals(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    rows = [
        {"id": "1", "title": "One", "text": text(), "published": "2026-03-02T08:00:00Z"},
        {"id": "2", "title": "Two", "text": text(6), "published": 1772442000},
        {"id": "3", "title": "Three", "text": "Something else", "published": None},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    counts, repeats = run_stream(read_stream(path))

    assert counts == {"new: first_seen": 2, "merged: near": 1}
    assert repeats[0].original.title == "One"


@pytest.mark.timeout(300)
def test_judged_pairs_are_told_apart_as_well_as_was_measured(shared: Path) -> None:
    folder = shared / "evals" / "duplicates"
    names = ("webis-web.jsonl", "copycat.jsonl")

    report = summary({name: [judge(pair) for pair in read_pairs(folder / name)] for name in names})

    information = report["information"]
    assert report["f1"] >= information["jaccard_f1_at_best"] + 0.03
    assert report["average_precision"] >= information["jaccard_average_precision"] + 0.02
    assert information["index_recall"] >= 0.97
