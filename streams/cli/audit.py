"""``streams audit``: count the articles on the topics."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject
from streams.cli._output.console import out
from streams.cli._output.progress import show_topic_reading
from streams.cli._settings import settings_with_broker
from streams.inspect.audit import Audit, AuditExit
from streams.inspect.audit import audit as audit_topics
from streams.text.plural import plural

SHOWN: Final = 100
"""Largest number of names in the JSON report, and a tenth of it in the text."""


def audit(json_: JsonObject = False) -> None:
    """Check that every article got to its last consumer: a route, the alerts, a dead letter.

    The exit code names the worst of what was found:

    - 0: every article is accounted for;
    - 6: an article is missing although its stage has read it, or ended twice;
    - 7: records were deleted by age before they were read;
    - 8: articles wait for a stage or for `streams deliver`;
    - 9: records of other programs are on the topics;
    - 1: the topics could not be read.

    **Examples:**

    - `streams audit`
    - `streams audit --json`
    """
    settings = settings_with_broker()
    with show_topic_reading():
        result = asyncio.run(audit_topics(settings))
    if json_:
        typer.echo(orjson.dumps(report(result)))
    else:
        out.print(_table(result))
        for line in summary(result):
            out.print(line, highlight=False)
    raise typer.Exit(int(result.exit))


def report(result: Audit) -> dict[str, Any]:
    """Return an audit as plain values; long lists are cut, with their length beside them."""
    return {
        "verdict": result.exit.name.lower(),
        "origins": result.origins,
        "ends": result.ends,
        "records": result.records,
        "repeats": result.repeats,
        "redriven": result.redriven,
        "strange": result.strange,
        "routed": result.n_routed,
        "alerts": result.n_alerts,
        "unread": result.unread,
        "expired": [
            {
                "reader": span.reader,
                "topic": span.topic,
                "partition": span.partition,
                "first": span.read,
                "last": span.first - 1,
            }
            for span in result.expired[:SHOWN]
        ],
        "n_expired": result.n_expired,
    } | {
        key: value
        for name, origins in _lists(result)
        for key, value in ((name, origins[:SHOWN]), (f"n_{name}", len(origins)))
    }


def _lists(result: Audit) -> Iterator[tuple[str, list[str]]]:
    yield "missing", result.missing
    yield "lost", result.lost
    yield "twice", result.twice
    yield "unrouted", result.unrouted
    yield "other_article", result.other_article
    yield "unreadable", result.unreadable


def _table(result: Audit) -> Table:
    table = Table(
        "topic", "articles", "records", title=f"{plural(result.origins, 'article')} received"
    )
    for name, n_articles in result.ends.items():
        table.add_row(name, f"{n_articles:,}", f"{result.records[name]:,}")
    table.add_row("on routes", f"{result.n_routed:,}", "")
    table.add_row("alerts", f"{result.n_alerts:,}", "")
    return table


def summary(result: Audit) -> Iterator[str]:
    """Yield the verdict, and a line for everything that was found."""
    found = list(_findings(result))
    if result.exit is AuditExit.ACCOUNTED_FOR:
        found = ["[green]every article is accounted for[/green]"]
    yield from found
    redriven = f" · {plural(result.redriven, 'dead letter')} redriven" if result.redriven else ""
    yield f"{plural(result.repeats, 'record')} redelivered{redriven}"


def _findings(result: Audit) -> Iterator[str]:
    for origins, text in (
        (result.lost, "missing: read by a stage, and nowhere"),
        (result.twice, "on more than one topic"),
        (result.unrouted, "on no route, although `route` has read them"),
        (result.other_article, "with a record about another article: forged, or of an old topic"),
    ):
        if origins:
            yield f"[red]{len(origins):,} {text}[/red]{_names(origins)}"
    for span in result.expired[: SHOWN // 10]:
        yield (
            f"[red]deleted by age before {span.reader} had read them[/red]: "
            f"{span.topic}-{span.partition}, offsets {span.read} to {span.first - 1}"
        )
    for name, n_records in result.unread.items():
        yield f"[yellow]{plural(n_records, 'record')} not yet read by {name}[/yellow]"
    if result.unreadable:
        text = f"{plural(len(result.unreadable), 'record')} of other programs, left out"
        yield f"[yellow]{text}[/yellow]{_names(result.unreadable)}"


def _names(names: list[str]) -> str:
    shown = ", ".join(names[: SHOWN // 10])
    return f": {shown}{', …' if len(names) > SHOWN // 10 else ''}"
