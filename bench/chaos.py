"""Apply the faults of `make chaos` to this pipeline and to a Quix Streams job.

``.venv/bench/bin/python -m bench.chaos --articles 600``; that environment, with quixstreams, is
created by ``make bench``. Both run the same stage functions, one process per stage (two if that
one is frozen), on a separate broker for each row, with the same session of 6 s; Quix with its
exactly-once guarantee, each application restarted half a second after it died, as an operator
would do it. Only committed records are read back. A record is lost if no topic or no route has it
ninety seconds after the last record moved; repeats are records with the origin of another one.

The stage functions make dead letters of unreadable records, for Quix too. Therefore Quix gets
unreadable records in two more runs, with raw articles parsed by its own JSON deserializer: as it
is, and with its callback.

Prints each row when it is known, and a table in Markdown at the end; with ``--out FILE`` also
writes every figure as JSON lines.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from bench.engines.engines import ROOT
from streams.broker import BrokerOptions, stop_broker
from streams.errors import NewsStreamsError, UsageError
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.topology import STAGES
from tests.support.chaos import Engine, Row, Running, our_engine, run_fault
from tests.support.faults import FAULTS, Fault, broker_folder

RESTART_SECONDS = 0.5
"""The same as the wait of the pipeline's own supervisor before the first restart."""


CHANGELOG = "changelog__quix-dedupe--articles.clean.v1--default"
"""Location of the state of `dedupe` in Quix: consumer group, topic, store."""


def waiting_in_fake_time(folder: Path) -> Path:
    """Compile the function that libfaketime lacks for librdkafka.

    Raises:
        UsageError: If there is no C compiler.
    """
    source, library = ROOT / "bench/engines/jobs/cnd_timedwait.c", folder / "cnd_timedwait.so"
    try:
        subprocess.run(("cc", "-shared", "-fPIC", "-o", library, source, "-ldl"), check=True)
    except FileNotFoundError as error:
        raise UsageError(f"needs cc, to compile {source}") from error
    return library


@asynccontextmanager
async def quix_applications(
    settings: Settings, logs: Path, scale: dict[str, int], reading: str
) -> AsyncIterator[Running]:
    """Run the Quix job, one process per stage or more, and restart dead ones."""
    environment = {**os.environ, **settings.environment(), "PYTHONPATH": str(ROOT)}
    if "FAKETIME" in environment:
        environment["LD_PRELOAD"] += f" {waiting_in_fake_time(logs.parent)}"
    running: dict[str, asyncio.subprocess.Process] = {}

    async def keep(stage: str, name: str) -> None:
        home = settings.data / "quix" / name  # each process has its own state
        home.mkdir(parents=True, exist_ok=True)
        job = (sys.executable, "-m", "bench.engines.jobs.quix", stage, "exactly-once", reading)
        with (logs / name).open("ab") as log:
            while True:
                running[name] = await asyncio.create_subprocess_exec(
                    *job, env=environment, cwd=home, stdout=log, stderr=log
                )
                await running[name].wait()
                await asyncio.sleep(RESTART_SECONDS)

    def pids(stage: str) -> list[int]:
        alive = {name: each for name, each in running.items() if each.returncode is None}
        return [each.pid for name, each in alive.items() if name.startswith(stage)]

    names = [(s.name, f"{s.name}-{n}") for s in STAGES for n in range(scale.get(s.name, 1))]
    tasks = [asyncio.ensure_future(keep(stage, name)) for stage, name in names]
    try:
        yield Running(pids=pids, memory=CHANGELOG)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for process in running.values():
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def quix(reading: str = "bytes") -> Engine:
    """Return Quix as an engine; ``reading`` chooses its JSON parser, see its job."""

    def engine(
        settings: Settings, folder: Path, scale: dict[str, int]
    ) -> AbstractAsyncContextManager[Running]:
        logs = folder / "logs"
        logs.mkdir()
        return quix_applications(settings, logs, scale, reading)

    return engine


ENGINES: dict[str, Engine] = {"News Streams": our_engine, "Quix": quix()}

POISONED: dict[str, Engine] = {
    "Quix, its JSON deserializer": quix("json"),
    "Quix, the same with on_consumer_error": quix("json-skip"),
}
"""These differ from Quix above only if a record cannot be read."""


async def row_of(fault: Fault, engine: Engine, n_articles: int, logs: Path | None) -> Row | str:
    """Apply a fault to an engine; return the outcome, or why it cannot be applied here."""
    with tempfile.TemporaryDirectory(prefix="news-streams-chaos-") as name:
        folder = Path(name)
        with broker_folder(fault, folder / "kafka") as problem:
            if problem:
                return problem
            options = BrokerOptions(data=folder / "kafka", port=free_port(), die_with_parent=True)
            try:
                return await run_fault(
                    fault, options=options, folder=folder, n_articles=n_articles, engine=engine
                )
            except (AssertionError, NewsStreamsError) as error:
                return f"did not get under way: {error}"
            finally:
                await stop_broker(options.data)
                if logs is not None:
                    shutil.copytree(folder / "logs", logs, dirs_exist_ok=True)


def cells(row: Row | str) -> str:
    """Return a row as Markdown cells: lost and ended twice, repeats, pause."""
    if isinstance(row, str):
        return f" {row} | | |"
    found = row.figures()
    return (
        f" {found['lost']}, {found['ended_twice']} | {found['repeats']} |"
        f" {found['longest_pause_seconds']} |"
    )


def side_by_side(rows: Mapping[tuple[str, str], str]) -> str:
    """Return a Markdown table of cells by fault and engine, with both engines in one line.

    Examples:
        >>> print(side_by_side({("flood", "Quix"): " 1, 0 | 2 | 3.0 |"}).splitlines()[-1])
        | flood | – | | | 1, 0 | 2 | 3.0 |
    """
    head = " | ".join(f"{name}: lost, ended twice | repeats | pause s" for name in ENGINES)
    lines = [f"| fault | {head} |", "|---|---|---|---|---|---|---|"]
    for fault in dict.fromkeys(fault for fault, _ in rows):
        beside = [rows.get((fault, name), " – | | |") for name in ENGINES]
        lines.append(f"| {fault} |{''.join(beside)}")
        lines += [
            f"| {fault}, {name} | – | | |{rows[fault, name]}"
            for name in POISONED
            if (fault, name) in rows
        ]
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """Return the command-line arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--faults", default="", help="parts of names, comma-separated; default: all"
    )
    parser.add_argument(
        "--engines", default="", help="parts of names, comma-separated; default: all"
    )
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--out", type=Path, help="file for all figures, JSON lines")
    parser.add_argument("--logs", type=Path, help="folder for the engines' logs")
    return parser.parse_args()


async def main() -> None:
    """Apply every selected fault to each engine."""
    given = arguments()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the broker is damaged on purpose
    there = find_spec("quixstreams") is not None
    if not there:
        print("quixstreams is not installed (see --help): only this pipeline is measured")
    started, rows = time.monotonic(), {}
    for fault in FAULTS:
        engines = ENGINES | (POISONED if fault.poison else {})
        for name, engine in engines.items():
            if not (_wanted(fault.name, given.faults) and _wanted(name, given.engines)):
                continue
            if engine is not our_engine and not there:
                continue
            logs = given.logs and given.logs / fault.name / name
            row = await row_of(fault, engine, given.articles, logs)
            rows[fault.name, name] = cells(row)
            print(f"{fault.name}, {name}: {cells(row)}", file=sys.stderr, flush=True)
            if given.out and isinstance(row, Row):
                with given.out.open("a") as file:
                    file.write(json.dumps({"engine": name, **row.figures()}) + "\n")
    load = "/".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"\n{side_by_side(rows)}\n")
    print(f"{given.articles} articles, {time.monotonic() - started:.0f} s, load average {load}")


def _wanted(name: str, parts: str) -> bool:
    return any(part.lower() in name.lower() for part in parts.split(","))


if __name__ == "__main__":
    asyncio.run(main())
