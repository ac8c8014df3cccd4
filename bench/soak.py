"""Run half an hour at 80 % load and check whether anything grows: ``make bench NAME=soak``.

Runs the pipeline as shipped on a separate Kafka, measures how many articles of the Reuters stream
per second it sustains on this machine with its current load (for a minute, with a constant number
waiting), then sends ``--load`` of that for ``--minutes``. A number in its first sentence makes each
article unique; every tenth is sent a second time as a copy. Every ten seconds these are sampled:
memory (each page counted once), file handles, lag, size of the compacted topics on disk, articles
on the enriched topic.

Prints the median of each quarter; writes every sample as JSON lines, and a plot.
"""

import argparse
import asyncio
import itertools
import json
import lzma
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from aiokafka import AIOKafkaProducer

from bench.soak_plot import drawing
from streams.broker import BrokerOptions, start_broker
from streams.inspect.audit import Audit, audit
from streams.kafka.connection import producer
from streams.records import RawArticle, article_id, encode
from streams.records.topics import TOPICS, Cleanup
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline
from streams.supervisor.supervisor import Child

STREAM = Path(__file__).parents[2] / "shared/evals/replay/reuters-21578.jsonl.xz"
EVERY_SECONDS = 10.0
LOAD = 0.8
WARM = 300
"""Articles before the measurement, in which models are loaded and pools started."""

WAITING = 500
"""Articles in flight while the capacity is measured: some ten seconds of work, so that the slowest
stage always has some waiting."""

CALIBRATION_SECONDS = 60.0
LEFT_SECONDS = 120.0
"""An article that has not ended this time after the last one was sent counts as lost."""

SHORTEST = 200
"""Characters; shorter texts are compared exactly, and would be copies of each other."""

COMPACTED = tuple(topic.name for topic in TOPICS if topic.cleanup is Cleanup.COMPACT)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Figures at one moment.

    Attributes:
        seconds: Seconds since the load began.
        memory_mb: Memory of all processes of the pipeline, without the broker.
        file_handles: File handles of the same processes.
        lag: Records that wait for the stages.
        compacted_mb: Size on disk of the compacted topics.
        sent: Articles sent so far.
        ended: Records that left the last stage so far.
        load_average: Load average of the machine over one minute: the pipeline's and other load.
        by_process: Memory of each process of the pipeline with its pool, MB.
    """

    seconds: float
    memory_mb: float
    file_handles: int
    lag: int
    compacted_mb: float
    sent: int
    ended: int
    load_average: float
    by_process: dict[str, float]


def articles() -> Iterator[RawArticle]:
    """Yield articles without end, all different except that every tenth is sent twice."""
    with lzma.open(STREAM, "rt") as file:
        items = [json.loads(line) for line in file]
    items = [item for item in items if len(item["text"]) >= SHORTEST]
    for number, item in enumerate(itertools.cycle(items)):
        # The numbers change every sentence: a copy would be no load for the tagger.
        text = item["text"].replace(". ", f" {number}. ")
        article = _article(f"{number}", item["title"], text)
        yield article
        if number % 10 == 0:
            yield _article(f"{number}-copy", item["title"], text)


def _article(name: str, title: str, text: str) -> RawArticle:
    return RawArticle(
        id=article_id(source="soak", external_id=name),
        source="soak",
        external_id=name,
        fetched=datetime.now(UTC),
        title=title,
        content_type="text/plain",
        body=text.encode(),
    )


def processes_of(child: Child) -> Iterator[psutil.Process]:
    """Yield a process of the pipeline, and those of its pool."""
    if child.process is not None:
        with suppress(psutil.Error):
            process = psutil.Process(child.process.pid)
            yield process
            yield from process.children(recursive=True)


def size_of(records: Path, names: Sequence[str]) -> int:
    """Return the size of the files of topics, bytes."""
    folders = (path for name in names for path in records.glob(f"{name}-*"))
    return sum(file.stat().st_size for path in folders for file in path.glob("*.log"))


class Soak:
    """A pipeline under a constant load.

    Args:
        pipeline: Pipeline that is ready.
        client: Started producer.
        records: Folder of the broker's records.
    """

    def __init__(self, pipeline: Pipeline, client: AIOKafkaProducer, records: Path) -> None:
        self.samples: list[Sample] = []
        self._pipeline = pipeline
        self._client = client
        self._records = records
        self._articles = articles()
        self._sent = 0

    async def send(self) -> None:
        """Send one article without waiting for its acknowledgment."""
        article = next(self._articles)
        await self._client.send("articles.raw.v1", encode(article), key=article.id.encode())
        self._sent += 1

    def delivered(self, stage: str) -> int:
        """Return the number of records that a stage has delivered, as it reports."""
        return sum(
            int(child.health.get("delivered", 0))  # type: ignore[call-overload]
            for child in self._pipeline.children
            if child.name.startswith(stage)
        )

    async def keep_waiting(self, *, until: float, n_ended: int | None = None) -> None:
        """Keep articles in flight until a moment, or until a number of them have ended."""
        while time.monotonic() < until:
            ended = self.delivered("route")
            if n_ended is not None and ended >= n_ended:
                return
            for _ in range(WAITING - (self._sent - ended)):
                await self.send()
            await asyncio.sleep(0.2)

    async def capacity(self) -> float:
        """Return the articles per second that pass while some are always waiting."""
        started = time.monotonic()
        await self.keep_waiting(until=started + CALIBRATION_SECONDS, n_ended=WARM)
        started, before = time.monotonic(), self.delivered("route")
        await self.keep_waiting(until=started + CALIBRATION_SECONDS)
        per_second = (self.delivered("route") - before) / (time.monotonic() - started)
        await self.drained()
        return per_second

    async def drained(self) -> None:
        """Wait until all sent articles have ended, so that the load starts without a backlog."""
        until = time.monotonic() + LEFT_SECONDS
        while self.delivered("route") < self._sent and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.2)

    async def load(self, rate: float, seconds: float) -> None:
        """Send at a rate per second for a time, and take samples."""
        started, first = time.monotonic(), self._sent
        looked = -EVERY_SECONDS
        while (passed := time.monotonic() - started) < seconds:
            while self._sent - first < rate * passed:
                await self.send()
            if passed - looked >= EVERY_SECONDS:
                looked = passed
                self._look(passed)
                _progress(self.samples[-1], seconds)
            await asyncio.sleep(0.05)

    def _look(self, passed: float) -> None:
        memory, handles = dict.fromkeys((c.name for c in self._pipeline.children), 0.0), 0
        for child in self._pipeline.children:
            for process in processes_of(child):
                with suppress(psutil.Error):
                    memory[child.name] += process.memory_full_info().pss / 1e6
                    handles += process.num_fds()
        lags = (child.health.get("lag", 0) for child in self._pipeline.children)
        self.samples.append(
            Sample(
                seconds=round(passed, 1),
                memory_mb=round(sum(memory.values()), 1),
                file_handles=handles,
                lag=sum(lag for lag in lags if isinstance(lag, int)),
                compacted_mb=round(size_of(self._records, COMPACTED) / 1e6, 2),
                sent=self._sent,
                ended=self.delivered("route"),
                load_average=round(os.getloadavg()[0], 1),
                by_process={name: round(mb, 1) for name, mb in memory.items()},
            )
        )


def _progress(sample: Sample, seconds: float) -> None:
    print(
        f"\r{sample.seconds:5.0f} of {seconds:.0f} s  {sample.memory_mb:.0f} MB  "
        f"{sample.file_handles} handles  lag {sample.lag}  {sample.sent} sent ",
        end="",
        file=sys.stderr,
        flush=True,
    )


@asynccontextmanager
async def soaking(folder: Path, processes: int) -> AsyncIterator[tuple[Soak, Settings]]:
    """Run broker and pipeline in a folder."""
    options = BrokerOptions(data=folder / "kafka", port=free_port(), die_with_parent=True)
    broker = await start_broker(options)
    settings = Settings(broker=broker.bootstrap, data=folder / "data", pool_processes=processes)
    try:
        async with Pipeline(settings, {}, log_folder=folder / "logs") as pipeline:
            await pipeline.wait_ready()
            async with producer(settings) as client:
                yield Soak(pipeline, client, options.data / "records"), settings
    finally:
        await broker.stop()


def report(samples: Sequence[Sample], rate: float, how: str) -> str:
    """Return a Markdown table of the quarters; the first quarter includes the warm-up."""
    size = max(1, len(samples) // 4)
    quarters = [samples[start : start + size] for start in range(0, 4 * size, size)]
    rows = [f"{rate:.1f} articles/s ({how}) for {samples[-1].seconds / 60:.0f} minutes", ""]
    rows += ["| median of quarter | 1 | 2 | 3 | 4 |", "|---|---|---|---|---|"]
    for name in ("memory_mb", "file_handles", "lag", "compacted_mb", "load_average"):
        medians = (
            statistics.median(getattr(sample, name) for sample in quarter or samples[-1:])
            for quarter in quarters
        )
        rows.append(f"| {name} | " + " | ".join(f"{value:,.1f}" for value in medians) + " |")
    first, last = samples[size].by_process, samples[-1].by_process
    rows += ["", "| MB of process | after a quarter | at the end |", "|---|---|---|"]
    rows += [f"| {name} | {first.get(name, 0):.0f} | {last[name]:.0f} |" for name in last]
    return "\n".join(rows)


async def ended(settings: Settings) -> Audit:
    """Wait until every article has ended, with a time limit; return the audit."""
    until = time.monotonic() + LEFT_SECONDS
    while (found := await audit(settings)).missing and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(2)
    return found


async def main() -> None:
    """Run the soak test, and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--load", type=float, default=LOAD, help="share of the capacity")
    parser.add_argument("--rate", type=float, help="articles a second, instead of measuring")
    parser.add_argument("--processes", type=int, default=0, help="killable processes per stage")
    parser.add_argument("--out", type=Path, default=Path("soak"), help="folder for the samples")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="news-streams-soak-") as folder:
        async with soaking(Path(folder), given.processes) as (soak, settings):
            rate = given.rate or given.load * await soak.capacity()
            await soak.load(rate, given.minutes * 60)
            found = await ended(settings)
    given.out.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(asdict(sample)) for sample in soak.samples]
    (given.out / "samples.jsonl").write_text("\n".join(lines) + "\n")
    (given.out / "soak.svg").write_text(drawing([asdict(sample) for sample in soak.samples]))
    how = "as asked for" if given.rate else f"{given.load:.0%} of what went through in a minute"
    print(f"\n{report(soak.samples, rate, how)}\n")
    print(f"{found.origins:,} articles, {len(found.missing)} lost, {len(found.twice)} ended twice")


if __name__ == "__main__":
    asyncio.run(main())
