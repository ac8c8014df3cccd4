"""The bare functions, without Kafka: ``python -m bench.engines.jobs.functions pool|inline FILE``.

``pool``: `clean` and `tag` in a process pool of the standard library, in chunks; `dedupe` and
`route` in the process that distributes the work. ``inline``: all in one process. No guarantees, no
topics, nothing survives; this is the limit of what an engine can reach. Prints one line of JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import psutil

from bench.engines.articles import read_stream
from bench.engines.jobs.stages import processor_named, run_processor
from streams.processors.message import OutgoingMessage, Processor
from streams.records import ORIGIN_HEADER
from streams.records.topics import CLEAN, DUPLICATES, RAW, UNIQUE
from streams.settings import Settings
from streams.topology import STAGES

PROCESSES = 2
CHUNK = 8
STAGE_OF = {
    topic.name: stage.name for stage in STAGES for topic, _ in stage.reads if topic is not RAW
}

Work = tuple[str, bytes, bytes | None, bytes]
"""Topic, key, value and origin."""

_SETTINGS = Settings()
_processors: dict[str, Processor] = {}


def _run(stage: str, work: Work) -> list[Work]:
    if stage not in _processors:
        _processors[stage] = processor_named(stage, _SETTINGS)
    topic, key, value, origin = work
    sendings, _ = run_processor(
        _processors[stage],
        _SETTINGS,
        topic=topic,
        partition=0,
        offset=0,
        key=key,
        value=value,
        headers=[(ORIGIN_HEADER, origin)],
    )
    return [_work(item, origin) for item in sendings]


def _work(item: OutgoingMessage, origin: bytes) -> Work:
    return item.topic, item.key or b"", item.value, origin


def _run_chunk(stage: str, chunk: list[Work]) -> list[Work]:
    return [out for work in chunk for out in _run(stage, work)]


def _chunks(items: list[Work]) -> Iterator[list[Work]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def pooled(pool: ProcessPoolExecutor, raw: list[Work]) -> int:
    """Run articles through a pool; return the number of records at the end."""
    cleaning = [pool.submit(_run_chunk, "clean", chunk) for chunk in _chunks(raw)]
    tagging, ended = [], 0
    for future in cleaning:
        found = [
            out for work in future.result() if work[0] == CLEAN.name for out in _run("dedupe", work)
        ]
        unique = [work for work in found if work[0] == UNIQUE.name]
        tagging += [pool.submit(_run_chunk, "tag", chunk) for chunk in _chunks(unique)]
        ended += sum(len(_run("route", work)) for work in found if work[0] == DUPLICATES.name)
    for future in tagging:
        ended += sum(len(_run("route", work)) for work in future.result())
    return ended


def inline(raw: list[Work], cpu: dict[str, float]) -> int:
    """Run articles in this process, and add up the CPU seconds of each stage."""
    ended = 0
    for article in raw:
        queue = [("clean", article)]
        while queue:
            stage, work = queue.pop()
            started = time.thread_time()
            found = _run(stage, work)
            cpu[stage] = cpu.get(stage, 0.0) + time.thread_time() - started
            queue += [(STAGE_OF[out[0]], out) for out in found if out[0] in STAGE_OF]
            ended += stage == "route"
    return ended


def _tree_cpu() -> float:
    me = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in (me, *me.children(recursive=True)))


def _tree_mib() -> float:
    me = psutil.Process()
    tree = (me, *me.children(recursive=True))
    return sum(process.memory_full_info().pss for process in tree) / 1048576


def measured(
    run: Callable[[list[Work]], int], warm: list[Work], rest: list[Work]
) -> dict[str, float]:
    """Warm up, then measure."""
    run(warm)
    started, before = time.monotonic(), _tree_cpu()
    run(rest)
    return {
        "articles": len(rest),
        "wall_seconds": time.monotonic() - started,
        "cpu_seconds": _tree_cpu() - before,
        "peak_mib": _tree_mib(),
    }


def main(how: str, path: Path, n_warm: int) -> None:
    """Run a stream, and print the figures."""
    raw: list[Work] = [
        (RAW.name, message.key, message.value, f"{RAW.name}-0-{number}".encode())
        for number, message in enumerate(read_stream(path))
    ]
    if how == "inline":
        cpu: dict[str, float] = {}

        def run(part: list[Work]) -> int:
            cpu.clear()
            return inline(part, cpu)

        figures = measured(run, raw[:n_warm], raw[n_warm:])
        figures |= {f"cpu_{stage}": seconds for stage, seconds in cpu.items()}
    else:
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            figures = measured(lambda part: pooled(pool, part), raw[:n_warm], raw[n_warm:])
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
