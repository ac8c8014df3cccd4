"""The faults of `make chaos` done to this pipeline and to a Quix Streams job beside it.

``python -m bench.chaos --faults killed,frozen --articles 1500``; needs quixstreams (group
bench). Both run the same stage functions, one process a stage, on a broker of their own that is
started for each row; Quix with its exactly-once guarantee, each application restarted half a
second after it died, as an operator would have it. Lost is what no topic shows ninety seconds
after the last record moved; repeats are records with an origin that another one has.

Printed: a table in Markdown; with ``--out FILE`` also every figure as JSON lines.
"""

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from bench.engines.engines import ROOT
from streams.broker import BrokerOptions, stop_broker
from streams.broker.ports import free_port
from streams.settings import Settings
from streams.topology import STAGES
from tests.support.chaos import Engine, Pids, Row, do_fault, our_engine
from tests.support.faults import FAKETIME, FAULTS, Fault

RESTART_SECONDS = 0.5
"""As the pipeline's own supervisor waits before the first restart."""


@asynccontextmanager
async def quix(settings: Settings, folder: Path, scale: dict[str, int]) -> AsyncIterator[Pids]:
    """Run the Quix job, one process a stage or more, restarting what dies."""
    environment = {**os.environ, **settings.environment(), "PYTHONPATH": str(ROOT)}
    running: dict[str, asyncio.subprocess.Process] = {}

    async def keep(stage: str, name: str) -> None:
        home = folder / "quix" / name  # each process has a state of its own
        home.mkdir(parents=True, exist_ok=True)
        command = (sys.executable, "-m", "bench.engines.jobs.quix", stage, "exactly-once")
        with (home / "log").open("ab") as log:
            while True:
                running[name] = await asyncio.create_subprocess_exec(
                    *command, env=environment, cwd=home, stdout=log, stderr=log
                )
                await running[name].wait()
                await asyncio.sleep(RESTART_SECONDS)

    names = [(s.name, f"{s.name}-{n}") for s in STAGES for n in range(scale.get(s.name, 1))]
    tasks = [asyncio.ensure_future(keep(stage, name)) for stage, name in names]
    try:
        yield lambda stage: [p.pid for name, p in running.items() if name.startswith(stage)]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for process in running.values():
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


ENGINES: dict[str, Engine] = {"News Streams": our_engine, "Quix exactly-once": quix}


@contextmanager
def disk_for(fault: Fault, folder: Path) -> Iterator[str]:
    """Mount the small disk that a fault needs; give why it cannot be had, or nothing."""
    with ExitStack() as stack:
        folder.mkdir()
        problem = ""
        if fault.skewed and not FAKETIME.exists():
            problem = "libfaketime is not installed"
        if fault.small_disk:
            mount = ("mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder))
            done = subprocess.run(mount, capture_output=True, text=True, check=False)
            if done.returncode:
                problem = f"no file system of its own: {done.stderr.strip()}"
            else:
                stack.callback(subprocess.run, ("umount", "--lazy", str(folder)), check=True)
        yield problem


async def row_of(fault: Fault, engine: Engine, n_articles: int) -> Row | str:
    """Do a fault to an engine; give what came of it, or why it cannot be done here."""
    with tempfile.TemporaryDirectory(prefix="news-streams-chaos-") as name:
        folder = Path(name)
        with disk_for(fault, folder / "kafka") as problem:
            if problem:
                return problem
            options = BrokerOptions(data=folder / "kafka", port=free_port(), die_with_parent=True)
            try:
                return await do_fault(
                    fault, options=options, folder=folder, n_articles=n_articles, engine=engine
                )
            except AssertionError as error:
                return f"never got under way: {error}"
            finally:
                await stop_broker(options.data)


def line(name: str, row: Row | str) -> str:
    """Give a row as Markdown."""
    if isinstance(row, str):
        return f"| {name} | {row} | | | | |"
    figures = row.figures()
    keys = ("lost", "ended_twice", "repeats", "longest_pause_seconds", "most_memory_mb")
    return f"| {name} | " + " | ".join(str(figures[key]) for key in keys) + " |"


async def main() -> None:
    """Do every fault that is wanted to each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", default="", help="parts of names, with commas; none: all")
    parser.add_argument("--engines", default="", help="parts of names, with commas; none: all")
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--out", type=Path, help="file for all figures, JSON lines")
    given = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the broker is harmed on purpose
    faults = [f for f in FAULTS if any(part in f.name for part in given.faults.split(","))]
    engines = {n: e for n, e in ENGINES.items() if any(p in n for p in given.engines.split(","))}
    if find_spec("quixstreams") is None and engines.pop("Quix exactly-once", None):
        print("quixstreams is not installed (pip install --group bench): ours alone")
    print("| fault, engine | lost | ended twice | repeats | longest pause s | memory MB |")
    print("|---|---|---|---|---|---|")
    for fault in faults:
        for name, engine in engines.items():
            row = await row_of(fault, engine, given.articles)
            print(line(f"{fault.name}, {name}", row), flush=True)
            if given.out and isinstance(row, Row):
                with given.out.open("a") as file:
                    file.write(json.dumps({"engine": name, **row.figures()}) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
