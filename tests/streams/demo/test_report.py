"""The report at the end of the demonstration."""

from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from streams.demo.report import ArticleResult, print_report, received_table, results_table
from streams.records import Change, DeadLetter, DroppedArticle, Record, Revision, RevisionKind
from tests.support.builders import FETCHED, duplicate_article, enriched_article, entity

DROPPED = DroppedArticle(
    id=enriched_article().id, source="wire", stage="clean", reason="empty_article"
)
LETTER = DeadLetter(
    stage="clean", reason="not_json", detail="", time=FETCHED, value=b'{"id": [/x] \xff'
)
REVISION = Revision(number=2, kinds=(RevisionKind.HEADLINE, RevisionKind.CORRECTION_NOTICE))


def rendered(table: Table) -> str:
    """Return a table as text."""
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (enriched_article(), "new"),
        (enriched_article(revision=REVISION), "revision 2: headline, correction notice"),
        (duplicate_article(), "copy, near, 93% alike"),
        (duplicate_article(change=Change.UNCHANGED), "unchanged: same article, same text"),
        (DROPPED, "dropped: empty article"),
        (LETTER, "dead letter: not json"),
        (None, "still on its way"),
    ],
    ids=["new", "revision", "copy", "unchanged", "dropped", "dead letter", "none"],
)
def test_results_table_shows_the_outcome(end: Record | None, text: str) -> None:
    assert text in rendered(results_table([ArticleResult("ours", end)]))


@pytest.mark.parametrize(
    ("end", "texts"),
    [
        (enriched_article(title="[Update] talks [/x]"), ["[Update] talks [/x]"]),
        (enriched_article(entities=(entity("Berlin"), entity("Oslo"))), ["Berlin, Oslo"]),
        (LETTER, ['{"id": [/x] \ufffd']),
        (None, ["–"]),
    ],
    ids=["title", "entities", "bytes", "nothing"],
)
def test_results_table_escapes_no_text(end: Record | None, texts: list[str]) -> None:
    table = rendered(results_table([ArticleResult("ours", end, ["germany", "updates"])]))

    assert [text for text in [*texts, "germany, updates"] if text not in table] == []


def test_received_table_lists_routes_and_titles() -> None:
    lines = rendered(received_table({"b": [], "a": ["[Update] one", "two"]})).splitlines()

    cells: list[Any] = [line.split(maxsplit=2) for line in lines if line.strip()][2:]
    assert [[cell.strip() for cell in row] for row in cells[-3:]] == [
        ["a", "2", "[Update] one"],
        ["two"],
        ["b", "0", "nothing"],
    ]


def test_report_names_the_next_commands() -> None:
    console = Console(width=200)
    with console.capture() as captured:
        print_report(console, [ArticleResult("ours", enriched_article())], {"a": []})

    assert "streams run" in captured.get()
