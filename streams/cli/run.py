"""``streams run``: the whole pipeline on this machine, one process a stage."""

import asyncio
import fcntl
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.errors import UsageError
from streams.topology import STAGES

if TYPE_CHECKING:  # a command starts fast
    from streams.settings import Settings
    from streams.supervisor.supervisor import Wait

NUMBERS = frozenset(map(str, range(1, 65)))
"""Processes that a stage may have."""


def parse_scale(values: list[str]) -> dict[str, int]:
    """Read ``stage=n`` options.

    Raises:
        UsageError: If one names no stage, or no number from 1 to 64.

    Examples:
        >>> parse_scale(["clean=2"])
        {'clean': 2, 'dedupe': 1, 'tag': 1, 'route': 1}
    """
    scale = {stage.name: 1 for stage in STAGES}
    for value in values:
        name, _, number = value.partition("=")
        if name not in scale or number not in NUMBERS:
            names = ", ".join(scale)
            raise UsageError(f"--scale {value}: say STAGE=N, a stage of {names} and N from 1 to 64")
        scale[name] = int(number)
    return scale


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Keep a second pipeline away from this data while the body runs.

    Two of them would give their processes the same names in the consumer groups, shut each
    other out again and again, and send every article many times.

    Raises:
        UsageError: If one runs already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"a pipeline runs already with the data in {folder}: stop it, add to it with "
                "`streams worker STAGE`, or set NEWS_DATA to another folder"
            ) from None
        yield


def run(
    scale: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE=N", help="Processes of a stage; may be given several times."),
    ] = None,
    feeds: Annotated[
        Path | None,
        typer.Option(
            "--feeds", metavar="FILE", help="Feeds to poll; not given: feeds.toml here, if there."
        ),
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Log JSON lines instead of showing a table.")
    ] = False,
) -> None:
    """Run the whole pipeline on this machine, until Ctrl-C.

    Starts the local Kafka unless NEWS_BROKER is set, creates the topics, starts
    one process a stage, one that polls your feeds as soon as you have any, and the
    HTTP server as soon as you have made a token; starts again what crashes or hangs.

    **Examples:** `streams run`, `streams run --scale clean=2`
    """
    from streams.settings import load_settings  # noqa: PLC0415  # start fast

    settings = load_settings(feeds=feeds)
    wanted = parse_scale(scale or [])
    with only_one(settings.data):
        code = asyncio.run(_run(settings, wanted, json_=json_))
    raise typer.Exit(code)


def _waits(settings: "Settings") -> "dict[str, Wait]":
    """Say what the processes that a user switches on by a file wait for."""
    from streams.cli.feeds_run import feeds_to_poll  # noqa: PLC0415
    from streams.supervisor.supervisor import Wait  # noqa: PLC0415

    def feeds_there() -> bool:
        with suppress(UsageError):  # it is just being written
            return feeds_to_poll(settings.feeds) is not None
        return False

    return {
        "sources-1": Wait(over=feeds_there, note="waits for feeds"),
        "serve-1": Wait(over=settings.tokens_file.is_file, note="waits for a token"),
    }


async def _run(settings: object, scale: dict[str, int], *, json_: bool) -> int:
    from streams.cli.context import interactive  # noqa: PLC0415
    from streams.cli.feeds_run import feeds_to_poll  # noqa: PLC0415
    from streams.cli.run_table import process_table, shown  # noqa: PLC0415
    from streams.cli.sources import FEEDS_FILE  # noqa: PLC0415
    from streams.runtime.logs import configure_logs  # noqa: PLC0415
    from streams.settings import Settings  # noqa: PLC0415
    from streams.supervisor.pipeline import Pipeline  # noqa: PLC0415

    assert isinstance(settings, Settings)  # noqa: S101  # narrows what was imported late
    table = interactive() and not json_
    async with AsyncExitStack() as stack:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, stop.set)
        if not table:
            configure_logs(settings)
        say = shown(table=table)
        feeds = feeds_to_poll(settings.feeds)
        if feeds is None:
            say("no feeds yet: `streams feeds add URL` adds one to feeds.toml here")
        if not settings.tokens_file.is_file():
            say("no HTTP yet: `streams tokens add NAME` makes a token")
        logs: Path | None = settings.data / "logs" if table else None
        pipeline = await stack.enter_async_context(
            Pipeline(
                settings,
                scale,
                feeds=feeds or FEEDS_FILE.absolute(),
                deliver=True,
                serve=True,
                waits=_waits(settings),
                log_folder=logs,
                say=say,
            )
        )
        if table:
            await stack.enter_async_context(process_table(pipeline))
        return await pipeline.wait(stop)
