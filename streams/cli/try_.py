"""``streams try``: the whole pipeline in memory, without Kafka."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import orjson
import typer

from streams.cli._files import require_files
from streams.cli._output.article_view import print_article
from streams.driver import Driver, create_driver
from streams.records import DuplicateArticle, EnrichedArticle, RawArticle, Record
from streams.records.topics import DEAD_LETTER, DROPPED, DUPLICATES, ENRICHED
from streams.settings import load_settings
from streams.sources.files.files import read_articles
from streams.sources.files.stdin import article_from_stdin


def try_out(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH|-", help="Files or folders, or - for standard input."),
    ],
    json_: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per article.")
    ] = False,
) -> None:
    """Run articles through every stage in memory and show the results.

    Reads the same files as `streams replay`. Standard input is read as HTML if it looks like HTML,
    otherwise as plain text. Exit code 1 if an article is refused.

    **Examples:**

    - `streams try seeds`
    - `streams try page.html --json | jq .title`
    - `curl … | streams try -`
    """
    for path in paths:
        if path != "-":
            require_files(Path(path))  # report a wrong path before the tagger is loaded
    driver = create_driver(load_settings(), now=datetime.now(UTC))
    refused = False
    for item in _articles(paths):
        report = _report(driver, item)
        refused = refused or report["outcome"] == "refused"
        if json_:
            sys.stdout.buffer.write(orjson.dumps(report, option=orjson.OPT_APPEND_NEWLINE))
        else:
            print_article(report)
    raise typer.Exit(1 if refused else 0)


def _articles(paths: list[str]) -> Iterator[Any]:
    for path in paths:
        if path == "-":
            yield article_from_stdin(sys.stdin.buffer, now=datetime.now(UTC))
        else:
            yield from read_articles(Path(path), now=lambda: datetime.now(UTC))


def _report(driver: Driver, item: Any) -> dict[str, Any]:
    """Return the fields of the last record, with its outcome, reason and routes."""
    if not isinstance(item, RawArticle):
        return {"outcome": "refused", "reason": item.reason, "routes": [], "detail": item.detail}
    origin = driver.put(item)
    routes: list[str] = []
    report: dict[str, Any] = {}
    for name, record in driver.results(origin):
        if name.startswith("routed."):
            routes.append(name.removeprefix("routed.").removesuffix(".v1"))
            report["receipts"] = msgspec.to_builtins(getattr(record, "receipts", ()))
        elif outcome := _outcome(name, record):
            report = {"reason": "", **msgspec.to_builtins(record), "outcome": outcome}
    return {**report, "routes": routes}


def _outcome(topic: str, record: Record) -> str:
    """Return the outcome of an article; empty if it went on from this topic."""
    if topic == ENRICHED.name and isinstance(record, EnrichedArticle):
        return "new" if record.revision.number == 1 else "revision"
    if topic == DUPLICATES.name and isinstance(record, DuplicateArticle):
        return record.change.value
    return {DROPPED.name: "dropped", DEAD_LETTER.name: "dead_letter"}.get(topic, "")
