"""``streams run``: the whole pipeline on this machine, one process per stage."""

import asyncio
import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from streams.cli._output.console import interactive
from streams.cli._output.process_table import show_process_table, status_printer
from streams.config.feeds_file import FEEDS_FILE, feeds_to_poll
from streams.errors import UsageError
from streams.extras import install_command, missing_modules
from streams.runtime.file_lock import hold_lock
from streams.runtime.logs import configure_logs
from streams.settings import Settings, load_settings
from streams.supervisor.pipeline import Pipeline, require_shareable
from streams.supervisor.supervisor import Wait
from streams.topology import STAGES

NUMBERS = frozenset(map(str, range(1, 65)))
"""Valid numbers of processes per stage."""

OPTIONAL: Final = {
    "alerts": "alerts are not delivered",
    "feeds": "feeds are not polled",
    "serve": "HTTP is not served",
}
"""Extra to what `streams run` leaves out where it is not installed."""


NO_FEEDS: Final = "no feeds yet; add one with `streams feeds add URL`"
NO_SERVER: Final = "no HTTP server yet; create a token with `streams tokens add NAME`"


def parse_scale(values: list[str]) -> dict[str, int]:
    """Parse ``STAGE=N`` options.

    Returns:
        The number of processes of each stage.

    Raises:
        UsageError: If an option has another form.

    Examples:
        >>> scale = parse_scale(["clean=2"])
        >>> scale["clean"], scale["tag"]
        (2, 1)
    """
    scale = {stage.name: 1 for stage in STAGES}
    for value in values:
        name, _, number = value.partition("=")
        if name not in scale or number not in NUMBERS:
            names = ", ".join(scale)
            raise UsageError(
                f"--scale {value}: expected STAGE=N, with STAGE one of {names} and N from 1 to 64"
            )
        scale[name] = int(number)
    return scale


@contextmanager
def pipeline_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a data folder while the body runs, so that only one pipeline uses it.

    The processes of two pipelines would have the same names in the consumer groups, exclude each
    other from the groups in turn, and process every article many times.

    Raises:
        UsageError: If another pipeline holds the lock.
    """
    busy = (
        f"another pipeline is using {folder}: stop it, add processes to it with "
        "`streams worker STAGE`, or set NEWS_DATA to another folder"
    )
    with hold_lock(folder / "run.lock", busy=busy):
        yield


def run(
    scale: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE=N", help="Number of processes of a stage; repeatable."),
    ] = None,
    feeds: Annotated[
        Path | None,
        typer.Option(
            "--feeds",
            metavar="FILE",
            help="File of feeds (default: NEWS_FEEDS, or feeds.toml if it exists).",
        ),
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Log JSON lines instead of showing a table.")
    ] = False,
) -> None:
    """Run the whole pipeline on this machine, until Ctrl-C.

    Starts the local Kafka unless NEWS_BROKER is set, creates the topics, and starts one process per
    stage, one that polls feeds as soon as there are any, one that delivers alerts, and the HTTP
    server as soon as there is a token. Processes that crash or hang are restarted. More processes
    of a stage share the partitions of its topics; `dedupe` works in one process.

    **Examples:**

    - `streams run`
    - `streams run --scale clean=2`
    """
    settings = load_settings(feeds=feeds)
    n_processes = parse_scale(scale or [])
    require_shareable(n_processes)
    with pipeline_lock(settings.data):
        code = asyncio.run(_run(settings, n_processes, json_=json_))
    raise typer.Exit(code)


def _waits(settings: Settings) -> dict[str, Wait]:
    """Return the conditions of the processes that start once their file exists."""

    def have_feeds() -> bool:
        with suppress(UsageError):  # the file is being written
            return feeds_to_poll(settings.feeds) is not None
        return False

    return {
        "sources-1": Wait(is_met=have_feeds, note="waiting for feeds", remedy=NO_FEEDS),
        "serve-1": Wait(
            is_met=settings.tokens_file.is_file, note="waiting for a token", remedy=NO_SERVER
        ),
    }


def unavailable(missing: Callable[[str], Collection[str]] = missing_modules) -> dict[str, str]:
    """Return what cannot run because an extra is not installed, and the sentence that says so.

    Args:
        missing: Returns the modules of an extra that are not installed.

    Examples:
        >>> unavailable(lambda extra: ["litestar"] if extra == "serve" else [])
        {'serve': 'HTTP is not served: pip install "news-streams[serve]"'}
    """
    return {
        extra: f"{what}: {install_command(extra)}"
        for extra, what in OPTIONAL.items()
        if missing(extra)
    }


async def _run(settings: Settings, scale: dict[str, int], *, json_: bool) -> int:
    table = interactive() and not json_
    async with AsyncExitStack() as stack:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, stop.set)
        if not table:
            configure_logs(settings)
        say = status_printer(table=table)
        absent = unavailable()
        for sentence in absent.values():
            say(sentence)
        feeds = None if "feeds" in absent else feeds_to_poll(settings.feeds)
        if feeds is None and "feeds" not in absent:
            feeds = FEEDS_FILE.absolute()
            if not table:  # which names it as long as it is true
                say(NO_FEEDS)
        if "serve" not in absent and not settings.tokens_file.is_file() and not table:
            say(NO_SERVER)
        logs: Path | None = settings.data / "logs" if table else None
        pipeline = await stack.enter_async_context(
            Pipeline(
                settings,
                scale,
                feeds=feeds,
                deliver="alerts" not in absent,
                serve="serve" not in absent,
                waits=_waits(settings),
                log_folder=logs,
                report=say,
            )
        )
        if table:
            await stack.enter_async_context(show_process_table(pipeline, say))
        return await pipeline.wait(stop)
