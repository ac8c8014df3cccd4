"""``streams try``: the pipeline in memory."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from streams.cli.main import app

pytestmark = pytest.mark.slow  # each command loads the tagger

PAGE = b"""<!doctype html><html lang="en"><head><title>Ferry back in service</title></head><body>
<article><h1>Ferry back in service</h1><p>The ferry to the northern islands took up its service
again on Tuesday, the harbor office said, after a week of repairs.</p>
<p>Two more boats follow in May. Tickets cost as much as before.</p></article></body></html>"""


def tried(*arguments: object, given: bytes = b"") -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["try", *map(str, arguments)], input=given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page, an empty text, and lines of which one is not an article."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "a.html").write_bytes(PAGE)
    (folder / "b.txt").write_bytes(b" \n")
    (folder / "c.jsonl").write_bytes(b'{"title": 7}\n')
    return folder


@pytest.fixture(scope="module")
def result(seeds: Path, folder: Path) -> Result:
    """The output for the seeds, the folder and standard input, as JSON; the page is sent twice."""
    return tried(seeds, folder, "-", "--json", given=PAGE)


@pytest.fixture
def reports(result: Result) -> list[dict[str, Any]]:
    """The JSON objects, one per line."""
    return [orjson.loads(line) for line in result.stdout_bytes.splitlines()]


def test_try_json_prints_one_object_per_line(result: Result, reports: list[dict[str, Any]]) -> None:
    assert (len(reports), result.stderr) == (6, "")


def test_try_exits_with_1_if_article_refused(result: Result) -> None:
    assert result.exit_code == 1


def test_try_reports_outcome_of_each_article(reports: list[dict[str, Any]]) -> None:
    assert [(report["outcome"], report["reason"]) for report in reports] == [
        ("new", ""),
        ("new", ""),
        ("new", ""),
        ("dropped", "empty_article"),
        ("refused", "not_this_record"),
        ("unchanged", ""),
    ]


def test_try_reports_title_text_and_routes_of_seeds(reports: list[dict[str, Any]]) -> None:
    first, second, *_ = reports

    assert "Blinken" in first["text"]
    assert "Russia" in second["title"]
    assert "us-russia" in first["routes"]
    assert first["entities"]


def test_try_detects_html_on_standard_input(
    reports: list[dict[str, Any]],
) -> None:
    page, stdin = reports[2], reports[5]

    assert (stdin["title"], stdin["text"], stdin["source"]) == (
        "Ferry back in service",
        page["text"],
        "stdin",
    )


def test_try_prints_article(folder: Path) -> None:
    shown = tried(folder / "a.html", folder / "b.txt").output

    told = ("Ferry back in service", "unmatched", "dropped: empty article")
    assert [text for text in told if text not in shown] == []


def test_try_refuses_folder_without_articles(tmp_path: Path) -> None:
    assert "contains no readable files" in str(tried(tmp_path).exception)


def test_try_refuses_missing_file() -> None:
    result = tried("nowhere.html", "--json")

    assert str(result.exception) == "nowhere.html: no such file or folder"
    assert result.stdout == ""
