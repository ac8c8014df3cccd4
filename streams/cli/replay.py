"""``streams replay``: files, or what Kafka already holds, into the raw topic."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from streams.errors import UsageError

RAW_TOPIC = "articles.raw.v1"


def replay(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files or folders: .txt, .html, .jsonl, .warc; .gz of each, .jsonl.xz."
        ),
    ] = None,
    *,
    speed: Annotated[
        str, typer.Option(help="`max`, or how much faster than it was published: 1, 60, 3600.")
    ] = "max",
    loop: Annotated[int, typer.Option(min=1, help="Send everything so many times.")] = 1,
    source: Annotated[
        str, typer.Option(help="Name of the source; else that of the file or folder.")
    ] = "",
    topic: Annotated[
        str, typer.Option(help=f"Instead of files: {RAW_TOPIC}, sent again as it is now.")
    ] = "",
    from_: Annotated[
        str,
        typer.Option(
            "--from", help="With --topic: earliest event time, or `7d` before the newest."
        ),
    ] = "",
    to: Annotated[str, typer.Option(help="With --topic: event time to stop before.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Send articles into the pipeline, and wait until Kafka has them.

    What is no article, or larger than 4 MiB, becomes a dead letter, and the
    exit code is 1. Ctrl-C stops cleanly and says what was sent.

    **Examples:** `streams replay seeds`, `streams replay wire.jsonl.xz --speed 3600`,
    `streams replay --topic articles.raw.v1 --from 7d`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.replay_run import Wish, run_replay  # noqa: PLC0415
    from streams.cli.times import point_in_time  # noqa: PLC0415

    if bool(paths) == bool(topic):
        raise UsageError("replay: give files or folders, or --topic, and not both")
    if topic not in ("", RAW_TOPIC):
        raise UsageError(f"--topic {topic}: only {RAW_TOPIC} can be replayed")
    if (from_ or to) and not topic:
        raise UsageError("--from and --to go with --topic; files are sent whole")
    wish = Wish(
        paths=tuple(paths or ()),
        factor=_factor(speed),
        loops=loop,
        source=source,
        start=point_in_time(from_, option="--from") if from_ else None,
        end=point_in_time(to, option="--to") if to else None,
    )
    raise typer.Exit(asyncio.run(run_replay(settings_with_broker, wish, json=json_)))


def _factor(speed: str) -> float | None:
    if speed == "max":
        return None
    try:
        factor = float(speed.removesuffix("x"))
    except ValueError:
        factor = 0
    if not 0 < factor < float("inf"):
        raise UsageError(f"--speed {speed}: give max or a number above 0, such as 60")
    return factor
