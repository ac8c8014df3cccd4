"""Measure the memory of `dedupe` at scale: a topic of a million records and a real worker.

Fills a local Kafka with records of synthetic articles, a fifth of them edited copies, starts a
worker on it, measures the time until it is ready, and sends articles through it. Prints the size of
the topic, the memory of the worker, and the time of an article, with those of datasketch's
MinHashLSH at the same size.

``python bench/duplicate_memory.py`` takes some ten minutes and 5 GB of disk;
``--remembered 20000 --articles 2000`` takes one minute.
"""

import argparse
import asyncio
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import psutil
from duplicates import COPIES, DAYS, START, article_of, edited, records, show, words
from msgspec.structs import replace

from streams.broker import BrokerOptions, start_broker
from streams.dedupe.minhash import BANDS
from streams.kafka.connection import physical_name, producer
from streams.kafka.read import read_topics
from streams.kafka.topics import create_topics
from streams.processors.message import Message
from streams.records import CleanArticle, Memory, encode
from streams.records.topics import CLEAN, DEAD_LETTER, DUPLICATES, MEMORY, UNIQUE
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.topology import DEDUPE_STAGE
from streams.worker.table_runner import TableRunner

TEMPLATES = 500
ID, GROUP = (f"{digit * 8}-{digit * 4}-{digit * 4}-{digit * 4}-{digit * 12}" for digit in "01")
HASH, SEQUENCE, TIME = "2" * 16, 3_333_333_333, datetime(2033, 3, 3, 3, 3, 3, tzinfo=UTC)
"""Placeholders for values of an article."""

Bands = np.ndarray[Any, np.dtype[np.uint32]]
IN_FLIGHT = 5000
BAND_KEPT = 0.42
"""Share of bands of three values that a text keeps if one word in twenty changes: its shingles
keep .95 ** 3, so its Jaccard similarity is .75."""


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remembered", type=int, default=1_000_000)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--datasketch", type=int, default=None, help="default: as --remembered")
    parser.add_argument("--seconds", type=int, default=1200, help="time limit for datasketch")
    parser.add_argument("--folder", type=Path, default=None, help="folder of the broker, kept")
    parser.add_argument("--decide", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.decide:
        asyncio.run(decide(settings_of(options), options.articles))
        return
    folder = options.folder or Path(tempfile.mkdtemp(prefix="news-streams-bench-"))
    try:
        asyncio.run(measure(folder, options))
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    wanted = options.remembered if options.datasketch is None else options.datasketch
    if wanted:
        peer = Path(__file__).with_name("duplicate_peer.py")
        subprocess.run([sys.executable, peer, str(wanted), str(options.seconds)], check=False)


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the settings of a child process."""
    return Settings(dedupe_max_articles=options.remembered + 2 * options.articles)


async def measure(folder: Path, options: argparse.Namespace) -> None:
    """Fill a topic, start a worker on it, and send articles through it."""
    broker = await start_broker(
        BrokerOptions(data=folder / "kafka", port=free_port(), die_with_parent=True)
    )
    try:
        settings = Settings(
            broker=broker.bootstrap,
            data=folder,
            dedupe_max_articles=options.remembered + 2 * options.articles,
            log_format="json",
        )
        topics = (MEMORY, CLEAN, UNIQUE, DUPLICATES, DEAD_LETTER)
        if await create_topics(settings, topics):
            await fill(settings, options.remembered)
        size = topic_bytes(folder, MEMORY.name)
        show("topic on disk", f"{size / 1e6:,.0f} MB, {size / options.remembered:.0f} B a record")
        await through_worker(settings, options.articles)
        await deciding(settings, options)
    finally:
        await broker.stop()


async def fill(settings: Settings, count: int) -> None:
    """Write the records of a number of articles to the memory topic."""
    start, size = time.perf_counter(), 0
    async with producer(settings) as client:
        topic, pending = physical_name(settings, MEMORY.name), []
        for key, value in synthetic(count):
            size += len(value)
            pending.append(await client.send(topic, value, key=key))
            if len(pending) == IN_FLIGHT:
                await asyncio.gather(*pending)
                pending = []
        await asyncio.gather(*pending)
    seconds = time.perf_counter() - start
    show("records written", f"{count:,} of {size / count:.0f} bytes of JSON, {seconds:.0f} s")


def synthetic(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield records like those of real articles, with other hashes; a fifth are edited copies."""
    chance, numbers = random.Random(1), np.random.default_rng(2)  # noqa: S311  # the same each time
    molds = [Mold.of(record) for record in records(chance, TEMPLATES)]
    originals: list[tuple[str, Mold, Bands]] = []
    for number in range(count):
        id_, mold = str(UUID(bytes=numbers.bytes(16))), chance.choice(molds)
        bands = numbers.integers(0, 2**32, BANDS, dtype=np.uint32)
        original = ""
        if originals and chance.random() < COPIES:
            original, mold, former = chance.choice(originals)
            bands = np.where(numbers.random(BANDS) < BAND_KEPT, former, bands)
        elif len(originals) < IN_FLIGHT:
            originals.append((id_, mold, bands))
        else:
            originals[chance.randrange(IN_FLIGHT)] = id_, mold, bands
        time_ = (START + timedelta(days=DAYS) * (number / count)).isoformat()
        yield (
            id_.encode(),
            mold.cast(id_, original, time_, bands, numbers=numbers, sequence=number + 1),
        )


@dataclass(frozen=True)
class Mold:
    """A record as bytes, cut where the values of articles differ."""

    new: list[str]
    copy: list[str]
    has_bands: bool
    sample: int

    @classmethod
    def of(cls, record: Memory) -> "Mold":
        """Return the parts of a record of a new article, and of the same as a copy."""
        marked = replace(
            record,
            article_id=ID,
            group_id=GROUP,
            time=TIME,
            clock=TIME,
            fetched=TIME,
            text_hash=HASH,
            bands=b"",
            signature=b"",
            sequence=SEQUENCE,
            answers=tuple(replace(each, group_id=GROUP) for each in record.answers),
        )
        answer = replace(marked.answers[0], revision=None, change="copy", duplicate_of=GROUP)
        copied = replace(marked, duplicate_of=GROUP, answers=(answer,))
        cuts = re.compile("|".join((ID, GROUP, HASH, TIME.isoformat()[:19] + "Z", str(SEQUENCE))))
        new, copy = (_cut(encode(each).decode(), cuts) for each in (marked, copied))
        return cls(new, copy, bool(record.bands), len(record.signature))

    def cast(
        self,
        id_: str,
        original: str,
        time_: str,
        bands: "Bands",
        *,
        numbers: np.random.Generator,
        sequence: int,
    ) -> bytes:
        """Return the record with the values of one article."""
        values = {
            ID: id_,
            GROUP: original or id_,
            HASH: numbers.bytes(8).hex(),
            TIME.isoformat()[:19] + "Z": time_,
            str(SEQUENCE): str(sequence),
        }
        parts = self.copy if original else self.new
        text = "".join(values.get(part, part) for part in parts)
        bulk = ""
        if self.has_bands:
            signature = bytes(12) + numbers.bytes(self.sample - 12)
            bulk = f',"bands":"{b64(bands.tobytes())}","signature":"{b64(signature)}"'
        return f"{text[:-1]}{bulk}}}".encode()


def _cut(text: str, cuts: "re.Pattern[str]") -> list[str]:
    return re.split(f"({cuts.pattern})", text)


def b64(data: bytes) -> str:
    """Return bytes as in JSON."""
    return b64encode(data).decode()


def topic_bytes(folder: Path, topic: str) -> int:
    """Return the size of a topic's segments on disk, without preallocated indexes."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob(f"{topic}-*/*.log"))


async def through_worker(settings: Settings, count: int) -> None:
    """Start a worker, wait until it is ready, and send articles through it."""
    start = time.perf_counter()
    async with worker(settings) as (process, lines):
        ready = await wait_for_event(lines, "ready")
        seconds, used = time.perf_counter() - start, cpu_of(process.pid)
        remembered, reading = ready["remembered"], ready["seconds"]
        show(
            "start to ready",
            f"{seconds:.1f} s, {reading} s of it reading {remembered:,} records; CPU {used:.1f} s",
        )
        show("resident when ready", memory_of(process.pid))
        sending = time.perf_counter()
        await publish(settings, articles(count, seed=3))
        await answered(settings, count)
        rate = count / (time.perf_counter() - sending)
        show("through the worker", f"{count:,} articles at {rate:,.0f} a second")
        show("resident after them", memory_of(process.pid))


@asynccontextmanager
async def worker(
    settings: Settings,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, asyncio.StreamReader]]:
    """Run a process of the stage until the body ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams.cli.main", "worker", "dedupe"),
        env=os.environ | settings.environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout
    finally:
        process.kill()
        await process.wait()


async def wait_for_event(lines: asyncio.StreamReader, event: str) -> dict[str, int]:
    """Wait for an event in the worker's log, and return its fields."""
    while line := await lines.readline():
        if line.startswith(b"{") and (entry := orjson.loads(line)).get("event") == event:
            return dict(entry)
        sys.stderr.write(line.decode(errors="replace"))
    raise SystemExit("the worker ended before it was ready")


def articles(count: int, *, seed: int) -> Iterator[CleanArticle]:
    """Yield articles; a fifth are edited copies of earlier ones."""
    chance = random.Random(seed)  # noqa: S311  # the same articles each time
    texts: list[str] = []
    for number in range(count):
        if texts and chance.random() < COPIES:
            text = edited(chance.choice(texts).split(), chance)
        else:
            text = words(chance)
            texts.append(" ".join(text))
        yield article_of(seed * 10**9 + number, text)


async def publish(settings: Settings, given: Iterator[CleanArticle]) -> None:
    """Send clean articles, and wait for all acknowledgments."""
    async with producer(settings) as client:
        topic = physical_name(settings, CLEAN.name)
        sends = [
            await client.send(topic, encode(article), key=article.id.encode()) for article in given
        ]
        await asyncio.gather(*sends)


async def answered(settings: Settings, count: int) -> None:
    """Wait until every article is decided."""
    seen: set[bytes] = set()
    while len(seen) < count:
        await asyncio.sleep(0.5)
        seen = set()
        async for message in read_topics(settings, UNIQUE.name, DUPLICATES.name):
            seen.add(dict(message.headers)["news-origin"])


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process, which are comparable on a busy machine."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def memory_of(pid: int) -> str:
    """Return the memory of a process and, if the system reports it, its peak."""
    memory = psutil.Process(pid).memory_info()
    most = getattr(memory, "peak_rss", 0) or _peak(pid)
    return f"{memory.rss / 1e6:.0f} MB" + (f", at most {most / 1e6:.0f} MB" if most else "")


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


async def deciding(settings: Settings, options: argparse.Namespace) -> None:
    """Time the processor in a separate process, without Kafka."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "--decide"),
        *("--remembered", str(options.remembered), "--articles", str(options.articles)),
        env=os.environ | settings.environment(),
    )
    await process.wait()


async def decide(settings: Settings, count: int) -> None:
    """Load the memory as the worker does, and time the processor for each article."""
    runner = TableRunner(DEDUPE_STAGE, settings, lambda: None)
    await runner.assigned()
    spent, used = [], []
    for number, article in enumerate(articles(count, seed=4)):
        message = Message(
            topic=CLEAN.name,
            partition=0,
            offset=10**9 + number,
            key=article.id.encode(),
            value=encode(article),
            headers=(("news-origin", f"articles.raw.v1-7-{number}".encode()),),
        )
        start, cpu = time.perf_counter(), time.thread_time()
        (await runner.start(message)).result()
        used.append((time.thread_time() - cpu) * 1e6)
        spent.append((time.perf_counter() - start) * 1e6)
    for name, values in (("an article", spent), ("an article, CPU time", used)):
        cuts, mean = statistics.quantiles(values, n=100), statistics.fmean(values)
        show(name, f"p50 {cuts[49]:.0f} us, p99 {cuts[98]:.0f} us, mean {mean:.0f} us")
    show("what it was asked", str({k[12:]: int(v) for k, v in runner.figures().items()}))


if __name__ == "__main__":
    main()
