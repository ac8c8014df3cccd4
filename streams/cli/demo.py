"""``streams demo``: the whole pipeline on a real local Kafka, in under a minute."""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from streams.cli._output.console import err, out
from streams.demo.articles import sample_folder
from streams.demo.report import is_internal_failure, print_report
from streams.demo.run import run_demo
from streams.errors import NewsStreamsError
from streams.settings import load_settings
from streams.supervisor.pipeline import Pipeline


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Keep Kafka's data and the logs here (default: discarded)."
        ),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also save the output as a picture.")
    ] = None,
) -> None:
    """Run the pipeline end to end on sample articles.

    Starts Kafka and all stages, sends the articles, shows the results, and stops. The first run
    downloads Kafka (42 MiB); later runs take seconds. If NEWS_BROKER is set, that Kafka is used.

    **Examples:**

    - `streams demo`
    - `streams demo --keep /var/tmp/demo`
    """
    folder = keep or Path(tempfile.mkdtemp(prefix="news-demo-"))
    asyncio.run(_run_demo(folder, svg))
    if keep is None:
        # Only after success: an error message names a log in this folder.
        shutil.rmtree(folder, ignore_errors=True)


async def _run_demo(folder: Path, svg: Path | None) -> None:
    settings = load_settings()
    prefix = f"demo-{os.getpid()}." if settings.broker else ""
    settings = settings.model_copy(update={"data": folder, "topic_prefix": prefix})
    started = time.monotonic()
    with err.status("starting Kafka") as status:
        pipeline = Pipeline(
            settings,
            {},
            log_folder=folder / "logs",
            report=status.update,
            die_with_parent=True,
        )
        async with pipeline:
            _print_progress(f"Kafka at {pipeline.settings.broker}", started)
            status.update("starting the stages: clean, dedupe, tag, route")
            await pipeline.wait_ready()
            _print_progress("one process per stage: clean, dedupe, tag, route", started)
            status.update("sending the sample articles")
            ways, received = await run_demo(
                pipeline.settings,
                lambda n, total: status.update(f"processed {n} of {total} articles"),
            )
            _print_progress(f"{len(ways)} articles sent, all accounted for", started)
            status.update("stopping")
    _print_progress("stopped", started)
    width = None if out.is_terminal else 150
    console = Console(record=svg is not None, width=width)
    print_report(
        console,
        ways,
        received,
        program=program_as_typed(sys.argv[0]),
        samples=relative(sample_folder()),
    )
    failed = [way.label for way in ways if is_internal_failure(way)]
    if failed:
        raise NewsStreamsError(f"a stage failed on: {', '.join(failed)}; please report this bug")
    if svg is not None:
        console.save_svg(str(svg), title="make demo")


def program_as_typed(path: str) -> str:
    """Return the command that runs a program: its name if the shell finds it by that name.

    Args:
        path: Path of the program, such as ``sys.argv[0]``.
    """
    name = Path(path).name
    found = shutil.which(name)
    is_found = found is not None and Path(found).resolve() == Path(path).resolve()
    return name if is_found else relative(Path(path))


def relative(path: Path) -> str:
    """Return a path as typed from the working directory, if the path is below it."""
    full, here = path.absolute(), Path.cwd()
    return str(full.relative_to(here)) if full.is_relative_to(here) else str(full)


def _print_progress(text: str, started: float) -> None:
    seconds = time.monotonic() - started
    err.print(f"[green]✓[/green] {text} [dim]{seconds:.1f} s[/dim]", highlight=False)
