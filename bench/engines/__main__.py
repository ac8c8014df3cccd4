"""Measure this pipeline and its peers: ``python -m bench.engines [--quick]``.

Starts a separate Kafka, runs the engines in turn, prints a report and, unless ``--quick``,
writes it between the marks in bench/RESULTS.md and every figure to bench/engines.json.
"""

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.engines.articles import STREAMS, write_stream
from bench.engines.engines import KINDS, OURS, ROOT, SCALED, Kind
from bench.engines.report import INLINE, POOL, Results, machine, markdown
from bench.engines.runs import N_WARM, BenchError, Throughput, session
from bench.engines.scaled import scaling_markdown
from streams.broker import BrokerOptions, start_broker
from streams.errors import NewsStreamsError
from streams.runtime.ports import free_port

RESULTS = ROOT / "bench/RESULTS.md"
FIGURES = ROOT / "bench/engines.json"
BEGIN, END = "<!-- engines: written by make bench -->", "<!-- engines: end -->"

N_TRICKLE_AT_LEAST = 60


def say(text: str) -> None:
    """Print the progress."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def functions(
    how: str, stream: str, n: int, *, seed: int, folder: Path
) -> tuple[Throughput, dict[str, float]]:
    """Run the bare functions on a stream."""
    path = folder / "stream.bin"
    write_stream(path, STREAMS[stream](n + N_WARM, seed=seed))
    command = [sys.executable, "-m", "bench.engines.jobs.functions", how, str(path), str(N_WARM)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    stages = {
        name.removeprefix("cpu_"): 1000 * value / figures["articles"]
        for name, value in figures.items()
        if name.startswith("cpu_") and name != "cpu_seconds"
    }
    kept = {name: figures[name] for name in ("articles", "wall_seconds", "cpu_seconds", "peak_mib")}
    return Throughput(**kept, ends={}, repeats=0), stages


async def measure(
    args: argparse.Namespace, kinds: Sequence[Kind], results: Results, folder: Path
) -> None:
    """Run all engines; a failure is recorded, and the others continue."""
    options = BrokerOptions(data=folder / "kafka", port=free_port(), die_with_parent=True)
    broker = await start_broker(options, progress=say)
    sizes = {"html": args.html, "text": args.text}
    try:
        for number in range(args.rounds):
            turn = number % len(kinds)
            bare = () if args.scaling else ("pool", "inline")
            for stream, how in ((s, h) for s in args.streams for h in bare):
                name = POOL if how == "pool" else INLINE
                found, stages = await asyncio.to_thread(
                    functions, how, stream, sizes[stream], seed=number, folder=folder
                )
                note(results, stream, name, found)
                results.stages |= {stream: stages} if stages else {}
            for kind in (*kinds[turn:], *kinds[:turn]):
                try:
                    await one(kind, number, broker.bootstrap, args, results, folder)
                except (BenchError, NewsStreamsError) as error:
                    say(f"{kind.name}: {error}")
                    results.failures.append(f"{kind.name}, round {number + 1}: {error}")
    finally:
        await broker.stop()


async def one(  # noqa: PLR0917  # one call
    kind: Kind, number: int, broker: str, args: argparse.Namespace, results: Results, folder: Path
) -> None:
    """Run one engine on both streams; in the last round also measure its latency."""
    async with session(kind, broker, folder) as running:
        for stream in args.streams:
            n = args.html if stream == "html" else args.text
            found = await running.burst(STREAMS[stream](n + N_WARM, seed=number))
            note(results, stream, kind.name, found)
            if number == args.rounds - 1 and args.seconds:
                rate = (results.per_second(stream, kind.name) or 1.0) / 2
                n = max(N_TRICKLE_AT_LEAST, int(rate * args.seconds))
                latency = await running.trickle(STREAMS[stream](n, seed=1000), per_second=rate)
                results.latency[stream, kind.name] = latency
                say(f"  {stream} at {rate:.1f}/s: p50 {latency.p50:.0f} p99 {latency.p99:.0f} ms")


def note(results: Results, stream: str, engine: str, found: Throughput) -> None:
    """Store a figure, and print it."""
    results.throughput.setdefault((stream, engine), []).append(found)
    say(
        f"{engine}: {stream} {1000 * found.cpu_seconds / found.articles:.2f} CPU ms an article, "
        f"{found.articles / found.wall_seconds:.1f}/s"
    )


def arguments() -> argparse.Namespace:
    """Return the command-line arguments."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--quick", action="store_true", help="one short round, no files written")
    parser.add_argument(
        "--scaling", action="store_true", help="only this pipeline, 1 and 2 processes per stage"
    )
    parser.add_argument(
        "--engines", default="", help="parts of names to select, comma-separated; default: all"
    )
    parser.add_argument("--streams", default="html,text", type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int, help="default: 3; quick: 1")
    parser.add_argument("--html", type=int, help="pages per round; default: 300; quick: 120")
    parser.add_argument("--text", type=int, help="newswire per round; default: 1500; quick: 500")
    parser.add_argument(
        "--seconds", type=float, help="at half load; default: 15; quick: 6; 0: no latency"
    )
    args = parser.parse_args()
    for name, record, quick in (
        ("rounds", 3, 1),
        ("html", 300, 120),
        ("text", 1500, 500),
        ("seconds", 15.0, 6.0),
    ):
        if getattr(args, name) is None:
            setattr(args, name, quick if args.quick else record)
    return args


def main() -> int:
    """Measure, and print the report."""
    args = arguments()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # topics are created and deleted here
    kinds = (OURS, *SCALED) if args.scaling else KINDS
    wanted = [part.strip().lower() for part in args.engines.split(",") if part.strip()]
    kinds = tuple(k for k in kinds if not wanted or any(part in k.name.lower() for part in wanted))
    results = Results()
    for kind in (kind for kind in kinds if not kind.there):
        say(f"{kind.name} is left out: {kind.needs} is not installed")
    here = tuple(kind for kind in kinds if kind.there)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        asyncio.run(measure(args, here, results, Path(name)))
    about = machine() | {
        "rounds": args.rounds,
        "articles": {"html": args.html, "text": args.text},
        "seconds": round(time.monotonic() - started),
    }
    report = (scaling_markdown if args.scaling else markdown)(results, about, kinds)
    print(report)
    if not (args.quick or args.scaling or args.engines):
        FIGURES.write_text(results.as_json(**about) + "\n")
        before, _, rest = RESULTS.read_text().partition(BEGIN)
        RESULTS.write_text(f"{before}{BEGIN}\n\n{report}\n{END}{rest.partition(END)[2]}")
        say(f"written to {RESULTS.relative_to(ROOT)} and {FIGURES.relative_to(ROOT)}")
    return int(bool(results.failures))


if __name__ == "__main__":
    sys.exit(main())
