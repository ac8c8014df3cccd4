"""``streams doctor``: is everything in place, and if not, what to do."""

import asyncio
from typing import Annotated

import typer


def doctor(
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check Python, packages, Kafka, topics, lag and disk; say the remedy for what is wrong.

    Exit code 1 when something is wrong.

    **Examples:** `streams doctor`, `streams doctor --json`
    """
    import orjson  # noqa: PLC0415  # start fast
    from rich.text import Text  # noqa: PLC0415

    from streams.cli.context import out  # noqa: PLC0415
    from streams.inspect.doctor import all_checks  # noqa: PLC0415
    from streams.settings import load_settings  # noqa: PLC0415

    checks = asyncio.run(all_checks(load_settings()))
    sound = all(check.sound for check in checks)
    if json_:
        typer.echo(orjson.dumps({"sound": sound, "checks": checks}))
    else:
        for check in checks:
            mark = ("ok   ", "green") if check.sound else ("WRONG", "red")
            out.print(Text.assemble(mark, f" {check.name}: {check.found}"), soft_wrap=True)
            if check.remedy:
                out.print(Text(f"      {check.remedy}", "yellow"), soft_wrap=True)
    raise typer.Exit(0 if sound else 1)
