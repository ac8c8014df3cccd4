"""Measure speed, size and load time of the memory of `dedupe`, compared with datasketch's.

A memory is filled as at a start, from records as they are on the topic; then articles, a fifth of
them edited copies of earlier ones, go through the stage. See ``python bench/duplicates.py --help``.
"""

import argparse
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np
import psutil

from streams.dedupe.article import dedupe_article
from streams.dedupe.features import tokens
from streams.dedupe.memory.memory import ArticleMemory
from streams.records import CleanArticle, DuplicateArticle, Memory, Origin, encode
from streams.worker.blob_file import BlobFile

START = datetime(2026, 3, 1, tzinfo=UTC)
VOCABULARY = 60_000
COPIES = 0.2
EDITED_WORDS = 0.05
DAYS = 14


def main() -> None:
    """Fill the memory, run the stage, compare, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--remembered", type=int, default=1_000_000)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--datasketch", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, default=None, help="for the blob file")
    options = parser.parse_args()
    chance = random.Random(1)  # noqa: S311  # the same articles every time
    templates = records(chance, 200)
    show("resident before", f"{resident_mb():.0f} MB")
    memories = ArticleMemory(
        horizon=timedelta(days=DAYS),
        max_articles=options.remembered + options.articles,
        blobs=BlobFile(options.folder),
    )
    fill(memories, templates, options.remembered)
    show("resident when ready", f"{resident_mb():.0f} MB with {len(memories):,} articles")
    run(memories, options.articles, chance)
    show("resident", f"{resident_mb():.0f} MB with {len(memories):,} articles")
    if options.datasketch:
        datasketch(options.datasketch, random.Random(1))  # noqa: S311  # the same


def records(chance: random.Random, count: int) -> list[Memory]:
    """Return memory records of some realistic articles, as templates."""
    made = []
    memories = ArticleMemory(horizon=timedelta(days=DAYS), max_articles=count)
    for number in range(count):
        article = article_of(number, words(chance))
        decision = dedupe_article(article, memories, origin=Origin("articles.raw.v1", 0, number))
        assert decision.remember is not None
        made.append(decision.remember)
    return made


def fill(memories: ArticleMemory, templates: list[Memory], count: int) -> None:
    """Load records as they are on the topic: decoding is timed, generating them is not."""
    spent, size = 0.0, 0
    numbers = np.random.default_rng(2)
    for first in range(0, count, 10_000):
        batch = [
            varied(templates[number % len(templates)], number, count, numbers)
            for number in range(first, min(count, first + 10_000))
        ]
        size += sum(map(len, batch))
        start = time.perf_counter()
        for value in batch:
            memories.load_value(value)
        spent += time.perf_counter() - start
    start = time.perf_counter()
    assert len(memories) == count
    spent += time.perf_counter() - start
    show("filled", f"{count:,} in {spent:.1f} s, {spent / count * 1e6:.1f} us a record")
    show("a record on the topic", f"{size / count:.0f} bytes of JSON before compression")


def varied(memory: Memory, number: int, count: int, numbers: np.random.Generator) -> bytes:
    """Return the record of another article of the same size."""
    time_ = START + timedelta(days=DAYS) * (number / count)
    id_ = str(UUID(bytes=numbers.bytes(16)))
    return encode(
        msgspec.structs.replace(
            memory,
            article_id=id_,
            group_id=id_,
            time=time_,
            clock=time_,
            fetched=time_,
            text_hash=numbers.bytes(8).hex(),
            bands=numbers.bytes(len(memory.bands)),
            signature=memory.signature[:12] + numbers.bytes(len(memory.signature) - 12),
            sequence=number + 1,
        )
    )


def run(memories: ArticleMemory, count: int, chance: random.Random) -> None:
    """Send articles through the stage and time each."""
    texts: list[str] = []
    copies = found = wrong = 0
    spent = []
    for number in range(count):
        is_copy = bool(texts) and chance.random() < COPIES
        text = edited(chance.choice(texts).split(), chance) if is_copy else words(chance)
        if not is_copy:
            texts.append(" ".join(text))
        article = article_of(10**9 + number, text)
        start = time.perf_counter()
        decision = dedupe_article(article, memories, origin=Origin("articles.raw.v1", 1, number))
        spent.append((time.perf_counter() - start) * 1e6)
        is_found = isinstance(decision.outcome.record, DuplicateArticle)
        copies, found, wrong = (
            copies + is_copy,
            found + (is_copy and is_found),
            wrong + (is_found and not is_copy),
        )
    cuts = statistics.quantiles(spent, n=100)
    show(
        "an article",
        f"p50 {cuts[49]:.0f} us, p99 {cuts[98]:.0f} us, mean {statistics.fmean(spent):.0f} us",
    )
    show(
        "copies found",
        f"{found:,} of {copies:,}; {wrong} of {count - copies:,} others taken for one",
    )
    counts = memories.counts
    show("candidates a lookup", f"{counts.candidates / max(1, counts.lookups):.2f}")


def datasketch(count: int, chance: random.Random) -> None:
    """Measure datasketch's MinHashLSH: word 3-shingles, 128 permutations, threshold .7."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415  # a peer, only for comparison

    before = resident_mb()
    index = MinHashLSH(threshold=0.7, num_perm=128)
    texts: list[str] = []
    copies = found = 0
    spent = []
    for number in range(count):
        is_copy = bool(texts) and chance.random() < COPIES
        text = edited(chance.choice(texts).split(), chance) if is_copy else words(chance)
        if not is_copy:
            texts.append(" ".join(text))
        body = " ".join(text)
        start = time.perf_counter()
        split = tokens(body)
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(split[i : i + 3]).encode() for i in range(len(split) - 2)])
        is_found = bool(index.query(sketch))
        index.insert(str(number), sketch)
        spent.append((time.perf_counter() - start) * 1e6)
        copies, found = copies + is_copy, found + (is_copy and is_found)
    cuts = statistics.quantiles(spent, n=100)
    show("datasketch: an article", f"p50 {cuts[49]:.0f} us, p99 {cuts[98]:.0f} us")
    show("datasketch: copies found", f"{found:,} of {copies:,}")
    grown = resident_mb() - before
    show(
        "datasketch: resident",
        f"{grown:.0f} MB more for {count:,}: {grown / count * 1000:.1f} KB each",
    )


def words(chance: random.Random) -> list[str]:
    """Return a random text: a length as in news (median 400 words), words by Zipf's law."""
    length = int(min(5000, max(40, chance.lognormvariate(6.0, 0.6))))
    return [f"w{int(VOCABULARY ** chance.random())}x" for _ in range(length)]


def edited(text: list[str], chance: random.Random) -> list[str]:
    """Return a text with one word in twenty changed."""
    return [
        f"e{chance.randrange(10**6)}x" if chance.random() < EDITED_WORDS else word for word in text
    ]


def article_of(number: int, text: list[str]) -> CleanArticle:
    """Return an article with a text, at the end of the remembered time."""
    return CleanArticle(
        id=str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC834 % 2**128)),
        source=f"site{number % 500}.test",
        fetched=START + timedelta(days=DAYS),
        title=" ".join(text[:8]),
        text=". ".join(" ".join(text[i : i + 20]) for i in range(0, len(text), 20)),
    )


def resident_mb() -> float:
    """Return the resident memory of this process."""
    return psutil.Process().memory_info().rss / 1e6


def show(name: str, value: str) -> None:
    """Print one line of the result."""
    print(f"{name:26} {value}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
