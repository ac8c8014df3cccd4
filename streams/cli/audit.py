"""``streams audit``: count the articles on the topics."""

import asyncio

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject
from streams.cli._output.console import out
from streams.cli._output.progress import show_topic_reading
from streams.cli._settings import settings_with_broker
from streams.inspect.audit import audit as audit_topics
from streams.text.plural import plural


def audit(json_: JsonObject = False) -> None:
    """Check that every article ended on exactly one topic.

    Exit code 1 if an article is missing, still in the pipeline, or ended twice.

    **Examples:**

    - `streams audit`
    - `streams audit --json`
    """
    settings = settings_with_broker()
    with show_topic_reading():
        result = asyncio.run(audit_topics(settings))
    if json_:
        report = {
            "origins": result.origins,
            "ends": result.ends,
            "records": result.records,
            "repeats": result.repeats,
            "redriven": result.redriven,
            "missing": result.missing[:100],
            "n_missing": len(result.missing),
            "twice": result.twice[:100],
            "n_twice": len(result.twice),
        }
        typer.echo(orjson.dumps(report))
    else:
        table = Table(
            "topic", "articles", "records", title=f"{plural(result.origins, 'article')} received"
        )
        for name, n_articles in result.ends.items():
            table.add_row(name, f"{n_articles:,}", f"{result.records[name]:,}")
        out.print(table)
        verdict = "[green]every article is accounted for[/green]"
        if not result.conserved:
            n_missing, n_twice = len(result.missing), len(result.twice)
            verdict = f"[red]{n_missing:,} missing, {n_twice:,} on more than one topic[/red]"
        redriven = (
            f" · {plural(result.redriven, 'dead letter')} redriven" if result.redriven else ""
        )
        out.print(f"{verdict} · {plural(result.repeats, 'record')} redelivered{redriven}")
    raise typer.Exit(0 if result.conserved else 1)
