"""``streams demo``: everything once, on a real local Kafka, in under a minute."""

import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Keep Kafka's data and the logs here; else all is thrown away."
        ),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save what is shown as a picture, too.")
    ] = None,
) -> None:
    """Show the whole pipeline at work: starts Kafka and all stages, sends, receives, ends.

    The first run on a machine fetches Kafka (42 MiB), which takes a while;
    later ones take seconds. With NEWS_BROKER set, that Kafka is used.

    **Examples:** `streams demo`, `streams demo --keep /var/tmp/demo`
    """
    folder = keep or Path(tempfile.mkdtemp(prefix="news-demo-"))
    asyncio.run(_demo(folder, svg))
    if keep is None:
        # Only now: when something went wrong, the message names a log in this folder.
        shutil.rmtree(folder, ignore_errors=True)


async def _demo(folder: Path, svg: Path | None) -> None:
    from rich.console import Console  # noqa: PLC0415  # start fast

    from streams.cli.context import err, out  # noqa: PLC0415
    from streams.demo.articles import seed_folder  # noqa: PLC0415
    from streams.demo.report import is_internal_failure, print_report  # noqa: PLC0415
    from streams.demo.run import run_demo  # noqa: PLC0415
    from streams.errors import NewsStreamsError  # noqa: PLC0415
    from streams.settings import load_settings  # noqa: PLC0415
    from streams.supervisor.pipeline import Pipeline  # noqa: PLC0415

    settings = load_settings()
    prefix = f"demo-{os.getpid()}." if settings.broker else ""
    settings = settings.model_copy(update={"data": folder, "topic_prefix": prefix})
    started = time.monotonic()
    with err.status("starting Kafka") as status:
        pipeline = Pipeline(
            settings,
            {},
            log_folder=folder / "logs",
            say=status.update,
            die_with_parent=True,
        )
        async with pipeline:
            _step(f"Kafka at {pipeline.settings.broker}", started)
            status.update("starting the stages: clean, dedupe, tag, route")
            await pipeline.wait_ready()
            _step("one process for each stage: clean, dedupe, tag, route", started)
            status.update("sending the seeds and some articles of our own")
            ways, received = await run_demo(
                pipeline.settings,
                seed_folder(),
                lambda n, total: status.update(f"{n} of {total} articles have arrived"),
            )
            _step(f"{len(ways)} articles sent, every one accounted for", started)
            status.update("stopping")
    _step("stopped", started)
    width = None if out.is_terminal else 150
    console = Console(record=svg is not None, width=width)
    print_report(console, ways, received)
    failed = [way.label for way in ways if is_internal_failure(way)]
    if failed:
        raise NewsStreamsError(f"a stage failed on: {', '.join(failed)}; please report it")
    if svg is not None:
        console.save_svg(str(svg), title="make demo")


def _step(text: str, started: float) -> None:
    from streams.cli.context import err  # noqa: PLC0415  # start fast

    seconds = time.monotonic() - started
    err.print(f"[green]✓[/green] {text} [dim]{seconds:.1f} s[/dim]", highlight=False)
