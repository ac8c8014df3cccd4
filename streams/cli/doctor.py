"""``streams doctor``: check the installation and the pipeline."""

import asyncio

import orjson
import typer
from rich.text import Text

from streams.cli._arguments import JsonObject
from streams.cli._output.console import out
from streams.inspect.doctor import all_checks
from streams.settings import load_settings


def doctor(json_: JsonObject = False) -> None:
    """Check Python, packages, disk, routes, Kafka, topics and lag; suggest remedies.

    Exit code 1 if a check fails.

    **Examples:**

    - `streams doctor`
    - `streams doctor --json`
    """
    checks = asyncio.run(all_checks(load_settings()))
    sound = all(check.sound for check in checks)
    if json_:
        typer.echo(orjson.dumps({"sound": sound, "checks": checks}))
    else:
        for check in checks:
            mark = ("ok  ", "green") if check.sound else ("FAIL", "red")
            out.print(Text.assemble(mark, f" {check.name}: {check.found}"), soft_wrap=True)
            if check.remedy:
                out.print(Text(f"     {check.remedy}", "yellow"), soft_wrap=True)
    raise typer.Exit(0 if sound else 1)
