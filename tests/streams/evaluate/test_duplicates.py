import random
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.evaluate.duplicates import Pair, judge, read_pairs, summary

WORDS = [f"word{n}" for n in range(200)]


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
def test_judge_returns_decision_of_stage(a: str, b: str, method: str, *, verdict: bool) -> None:
    judgement = judge(Pair("p", a, b, is_copy=True))

    assert (judgement.verdict, judgement.method) == (verdict, method)
    assert (judgement.score >= 0.48) is verdict


def test_summary_scores_all_files_and_each() -> None:
    one = judge(Pair("1", text(), text(6), is_copy=True))
    other = judge(Pair("2", text(), text(6), is_copy=False))

    report = summary({"one": [one], "other": [other]})

    assert (report["precision"], report["recall"]) == (0.5, 1)
    assert (report["files"]["one"]["f1"], report["files"]["other"]["f1"]) == (1, 0)
    assert set(report) >= {"precision", "recall", "f1", "average_precision", "threshold", "files"}


def test_read_pairs_error_names_line(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"id": 1, "a": "x", "b": "y", "label": 1}\n{"id": 2}\n')

    with pytest.raises(UsageError, match="line 2"):
        list(read_pairs(path))


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_judged_pairs_reach_measured_scores(shared: Path) -> None:
    folder = shared / "evals" / "duplicates"
    names = ("webis-web.jsonl", "copycat.jsonl")

    report = summary({name: [judge(pair) for pair in read_pairs(folder / name)] for name in names})

    information = report["information"]
    assert report["f1"] >= information["jaccard_f1_at_best"] + 0.03
    assert report["average_precision"] >= information["jaccard_average_precision"] + 0.02
    assert information["index_recall"] >= 0.97


def test_judge_depends_on_threshold() -> None:
    pair = Pair("p", text(), text(6), is_copy=True)

    assert (judge(pair, threshold=0.4).verdict, judge(pair, threshold=0.95).verdict) == (
        True,
        False,
    )
