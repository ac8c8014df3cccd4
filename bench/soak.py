"""Half an hour at 80 % load: does anything grow? ``make bench NAME=soak``.

Runs the pipeline as shipped on a Kafka of its own, finds out how many articles of the Reuters
stream a second it keeps up with, then sends 80 % of that for ``--minutes``. Each article is made
unique by a number in its first sentence, every tenth is sent a second time as a copy. Looked at
every ten seconds: memory (each page counted once), file handles, lag, size of the compacted
topics on disk, articles on the enriched topic.

Printed: first and last quarter of each figure side by side; written: every sample as JSON lines
and, where matplotlib is installed, a plot.
"""

import argparse
import asyncio
import itertools
import json
import lzma
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

from schemas import RawArticle, article_id, encode
from schemas.topics import TOPICS, Cleanup
from streams.broker import BrokerOptions, start_broker
from streams.broker.ports import free_port
from streams.kafka.audit import audit
from streams.kafka.connection import producer
from streams.settings import Settings
from streams.wiring.pipeline import Pipeline
from streams.wiring.supervise import Child

STREAM = Path(__file__).parents[2] / "shared/evals/replay/reuters-21578.jsonl.xz"
EVERY_SECONDS = 10.0
SHARE = 0.8
CALIBRATION = 3000
"""Articles sent at once to find out how many a second get through."""

SHORTEST = 200
"""Characters; shorter texts are compared as they are, and would be copies of each other."""

COMPACTED = tuple(topic.name for topic in TOPICS if topic.cleanup is Cleanup.COMPACT)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What was seen at one moment.

    Attributes:
        seconds: Since the load began.
        memory_mb: Of all processes of the pipeline, the broker excluded.
        file_handles: Of the same.
        lag: Records that the stages have before them.
        compacted_mb: Size on disk of the topics that are tables.
        sent: Articles so far.
        ended: Records that left the last stage or dedupe so far.
        by_process: Memory of each process of the pipeline with its pool, MB.
    """

    seconds: float
    memory_mb: float
    file_handles: int
    lag: int
    compacted_mb: float
    sent: int
    ended: int
    by_process: dict[str, float]


def articles() -> Iterator[RawArticle]:
    """Give articles without end, no two the same but for every tenth, which comes twice."""
    with lzma.open(STREAM, "rt") as file:
        items = [json.loads(line) for line in file]
    items = [item for item in items if len(item["text"]) >= SHORTEST]
    for number, item in enumerate(itertools.cycle(items)):
        # The numbers make every sentence another one: a copy would be no load for the tagger.
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
    """Give a process of the pipeline, and those of its pool."""
    if child.process is not None:
        with suppress(psutil.Error):
            process = psutil.Process(child.process.pid)
            yield process
            yield from process.children(recursive=True)


def size_of(records: Path, names: Sequence[str]) -> int:
    """Sum the files of topics, bytes."""
    folders = (path for name in names for path in records.glob(f"{name}-*"))
    return sum(file.stat().st_size for path in folders for file in path.glob("*.log"))


class Soak:
    """A pipeline under a steady load.

    Attributes:
        samples: What was seen so far.
    """

    def __init__(self, pipeline: Pipeline, client: AIOKafkaProducer, records: Path) -> None:
        """Take a pipeline that is ready."""
        self.samples: list[Sample] = []
        self._pipeline = pipeline
        self._client = client
        self._records = records
        self._articles = articles()
        self._sent = 0

    async def send(self) -> None:
        """Send one article; it may still be on its way."""
        article = next(self._articles)
        await self._client.send("articles.raw.v1", encode(article), key=article.id.encode())
        self._sent += 1

    def delivered(self, stage: str) -> int:
        """How many records a stage has dealt with, as it says itself."""
        return sum(
            int(child.health.get("delivered", 0))  # type: ignore[call-overload]
            for child in self._pipeline.children
            if child.name.startswith(stage)
        )

    async def capacity(self) -> float:
        """Send many at once; give how many a second reached the last stage."""
        started, before = time.monotonic(), self.delivered("route")
        for _ in range(CALIBRATION):
            await self.send()
        while self.delivered("route") - before < CALIBRATION:  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        return CALIBRATION / (time.monotonic() - started)

    async def load(self, rate: float, seconds: float) -> None:
        """Send so many a second for so long, and look now and then."""
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


def report(samples: Sequence[Sample], rate: float) -> str:
    """Set the quarters beside each other, as a table in Markdown; in the first all warms up."""
    size = max(1, len(samples) // 4)
    quarters = [samples[start : start + size] for start in range(0, 4 * size, size)]
    rows = [f"{rate:.0f} articles/s for {samples[-1].seconds / 60:.0f} minutes", ""]
    rows += ["| median of quarter | 1 | 2 | 3 | 4 |", "|---|---|---|---|---|"]
    for name in ("memory_mb", "file_handles", "lag", "compacted_mb"):
        medians = (
            statistics.median(getattr(sample, name) for sample in quarter or samples[-1:])
            for quarter in quarters
        )
        rows.append(f"| {name} | " + " | ".join(f"{value:,.1f}" for value in medians) + " |")
    first, last = samples[size].by_process, samples[-1].by_process
    rows += ["", "| MB of process | after a quarter | at the end |", "|---|---|---|"]
    rows += [f"| {name} | {first.get(name, 0):.0f} | {last[name]:.0f} |" for name in last]
    return "\n".join(rows)


def plot(samples: Sequence[Sample], path: Path) -> None:
    """Draw every figure over time; needs matplotlib (group bench)."""
    from matplotlib import pyplot as plt  # noqa: PLC0415  # not everybody has it

    figure, axes = plt.subplots(4, 1, figsize=(9, 9), sharex=True)
    minutes = [sample.seconds / 60 for sample in samples]
    for axis, name in zip(axes, ("memory_mb", "file_handles", "lag", "compacted_mb"), strict=True):
        axis.plot(minutes, [getattr(sample, name) for sample in samples])
        axis.set_ylabel(name)
        axis.set_ylim(bottom=0)
    axes[-1].set_xlabel("minutes")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


async def main() -> None:
    """Soak, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, help="articles a second; none: 80 %% of what it can")
    parser.add_argument("--processes", type=int, default=0, help="killable processes a stage")
    parser.add_argument("--out", type=Path, default=Path("soak"), help="folder for the samples")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="news-streams-soak-") as folder:
        async with soaking(Path(folder), given.processes) as (soak, settings):
            rate = given.rate or SHARE * await soak.capacity()
            await soak.load(rate, given.minutes * 60)
            while (found := await audit(settings)).missing:  # noqa: ASYNC110
                await asyncio.sleep(2)
    given.out.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(asdict(sample)) for sample in soak.samples]
    (given.out / "samples.jsonl").write_text("\n".join(lines) + "\n")
    print(f"\n{report(soak.samples, rate)}\n")
    print(f"{found.origins:,} articles in, {len(found.missing)} lost, {len(found.twice)} twice")
    with suppress(ImportError):
        plot(soak.samples, given.out / "soak.svg")


if __name__ == "__main__":
    asyncio.run(main())
