"""``streams audit``: is every article accounted for?"""

import asyncio
from contextlib import nullcontext
from typing import Annotated

import typer

from streams.text.plural import plural


def audit(
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Count on the topics whether every article ended in exactly one place.

    Exit code 1 when one is missing (or still on its way) or ended twice.

    **Examples:** `streams audit`, `streams audit --json`
    """
    import orjson  # noqa: PLC0415  # start fast
    from rich.table import Table  # noqa: PLC0415

    from streams.cli.context import err, interactive, out, settings_with_broker  # noqa: PLC0415
    from streams.inspect.audit import audit as count  # noqa: PLC0415

    settings = settings_with_broker()
    with err.status("reading the topics") if interactive() else nullcontext():
        found = asyncio.run(count(settings))
    if json_:
        report = {
            "origins": found.origins,
            "ends": found.ends,
            "records": found.records,
            "repeats": found.repeats,
            "redriven": found.redriven,
            "missing": found.missing[:100],
            "n_missing": len(found.missing),
            "twice": found.twice[:100],
            "n_twice": len(found.twice),
        }
        typer.echo(orjson.dumps(report))
    else:
        table = Table(
            "topic", "articles", "records", title=f"{plural(found.origins, 'article')} came in"
        )
        for name, count_ in found.ends.items():
            table.add_row(name, f"{count_:,}", f"{found.records[name]:,}")
        out.print(table)
        verdict = "[green]every article is accounted for[/green]"
        if not found.conserved:
            verdict = f"[red]{len(found.missing):,} missing, {len(found.twice):,} ended twice[/red]"
        redriven = f" · {plural(found.redriven, 'dead letter')} redriven" if found.redriven else ""
        out.print(f"{verdict} · {plural(found.repeats, 'record')} repeated{redriven}")
    raise typer.Exit(0 if found.conserved else 1)
