"""``streams try``: the whole way in memory, without any Kafka."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from streams.driver import Driver


def try_out(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…|-", help="Files or folders, or - for stdin.")
    ],
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object a line for each article.")
    ] = False,
) -> None:
    """Run articles through every stage in memory and show what becomes of them.

    Reads what `streams replay` reads: seed texts, .html, .jsonl, folders.
    Standard input is taken for HTML when it looks like it, else for text.

    **Examples:** `streams try seeds`, `streams try page.html --json | jq .title`,
    `curl … | streams try -`
    """
    from streams.driver import create_driver  # noqa: PLC0415  # start fast
    from streams.settings import load_settings  # noqa: PLC0415
    from streams.sources.files.files import find_files  # noqa: PLC0415

    for path in paths:
        if path != "-":
            find_files(Path(path))  # a wrong name is told before all is loaded
    driver = create_driver(load_settings(), now=datetime.now(UTC))
    refused = False
    for found in _articles(paths):
        report = _report(driver, found)
        refused = refused or report["outcome"] == "refused"
        if json_:
            import orjson  # noqa: PLC0415

            sys.stdout.buffer.write(orjson.dumps(report, option=orjson.OPT_APPEND_NEWLINE))
        else:
            from streams.cli.show_article import show_article  # noqa: PLC0415

            show_article(report)
    raise typer.Exit(1 if refused else 0)


def _articles(paths: list[str]) -> Iterator[Any]:
    from streams.sources.files.files import read_articles  # noqa: PLC0415
    from streams.sources.files.stdin import article_from_stdin  # noqa: PLC0415

    for path in paths:
        if path == "-":
            yield article_from_stdin(sys.stdin.buffer, now=datetime.now(UTC))
        else:
            yield from read_articles(Path(path), now=lambda: datetime.now(UTC))


def _report(driver: "Driver", found: Any) -> dict[str, Any]:
    """Give the last record's fields, its outcome, reason and routes."""
    import msgspec  # noqa: PLC0415

    from streams.inspect.audit import ENDS  # noqa: PLC0415
    from streams.records import RawArticle  # noqa: PLC0415

    if not isinstance(found, RawArticle):
        return {"outcome": "refused", "reason": found.reason, "routes": [], "detail": found.detail}
    origin = driver.put(found)
    ends = {topic.name for topic in ENDS}
    routes: list[str] = []
    report: dict[str, Any] = {}
    for name, record in driver.results(origin):
        if name in ends:
            report = msgspec.to_builtins(record)
            report["outcome"] = _outcome(name, report)
            report["reason"] = report.get("reason", "")
        elif name.startswith("routed."):
            routes.append(name.removeprefix("routed.").removesuffix(".v1"))
            report["receipts"] = msgspec.to_builtins(getattr(record, "receipts", ()))
    return {**report, "routes": routes}


def _outcome(topic: str, report: dict[str, Any]) -> str:
    if topic == "articles.enriched.v1":
        return "new" if report["revision"]["number"] == 1 else "revision"
    if topic == "articles.duplicates.v1":
        return str(report["change"])
    return "dropped" if topic == "articles.dropped.v1" else "dead_letter"
