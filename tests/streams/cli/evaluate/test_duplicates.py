import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from streams.cli.evaluate.duplicates import duplicates
from streams.errors import UsageError

WORDS = " ".join(f"word{n}" for n in range(60))


def run(*arguments: str, **environment: str):
    app = typer.Typer()
    app.command()(duplicates)
    result = CliRunner().invoke(app, arguments, catch_exceptions=False, env=environment)
    assert result.exit_code == 0
    return result.stdout


def pairs(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    rows = [
        {"id": "1", "a": WORDS, "b": WORDS, "label": 1},
        {"id": "2", "a": "x", "b": WORDS, "label": 0},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_json_has_scores_in_total_and_by_file(tmp_path: Path) -> None:
    one, other = pairs(tmp_path / "a" / "pairs.jsonl"), pairs(tmp_path / "b" / "pairs.jsonl")

    report = json.loads(run(str(one), str(other), "--json"))

    assert (report["precision"], report["recall"], report["f1"]) == (1, 1, 1)
    assert set(report["files"]) == {str(one), str(other)}


def test_save_writes_id_score_and_verdict(tmp_path: Path) -> None:
    saved = tmp_path / "saved.jsonl"

    run(str(pairs(tmp_path / "pairs.jsonl")), "--save", str(saved))

    assert [json.loads(line) for line in saved.read_text().splitlines()] == [
        {"id": "1", "score": 1.0, "verdict": True},
        {"id": "2", "score": 0.0, "verdict": False},
    ]


def test_stream_counts_methods_and_shows_samples(tmp_path: Path) -> None:
    stream = tmp_path / "stream.jsonl"
    rows = [{"id": str(n), "title": "One title", "text": WORDS} for n in range(2)]
    stream.write_text("".join(json.dumps(row) + "\n" for row in rows))

    printed = run("--stream", str(stream))

    assert "merged: exact" in printed
    assert "One title | One title" in printed


def test_stream_sent_again_lists_merges(tmp_path: Path) -> None:
    stream = tmp_path / "stream.jsonl"
    rows = [{"id": str(n), "title": "One title", "text": WORDS} for n in range(2)]
    stream.write_text("".join(json.dumps(row) + "\n" for row in rows))

    told = json.loads(run("--stream", str(stream), "--again", "--merges", "5", "--json"))
    printed = run("--stream", str(stream), "--again", "--merges", "5")

    assert (told["again"]["recognized"], told["again"]["articles"]) == (2, 2)
    assert [merge["method"] for merge in told["merges"]] == ["exact"]
    assert "articles: 2 of 2 recognized, 100.00%" in printed
    assert told["merges"][0]["id"] in printed


def test_threshold_comes_from_settings(tmp_path: Path) -> None:
    report = run(str(pairs(tmp_path / "p.jsonl")), "--json", NEWS_DEDUPE_THRESHOLD="0.6")

    assert json.loads(report)["threshold"] == 0.6


def test_missing_input_is_reported() -> None:
    with pytest.raises(UsageError, match="--stream"):
        run()
