"""Measure how many articles per second `dedupe` decides in one process.

``make bench NAME=dedupe_rate``. Measures the processor alone, on Reuters-21578, without Kafka: it
decodes clean records and encodes unique, duplicate and memory records. The figure is CPU time of
the thread, but on a busy machine that is longer too, because the caches are shared. Therefore the
fastest tenth of blocks is printed in addition to the mean.
"""

import argparse
import statistics
import time
from pathlib import Path
from tempfile import gettempdir

from bench.engines.articles import text_stream
from bench.engines.jobs.stages import processor_named, run_processor
from streams.records.topics import CLEAN, RAW
from streams.settings import Settings

BLOCK = 50
"""Number of articles that are timed together."""


def main() -> None:
    """Clean the articles, then decide them block by block."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=3000)
    n_articles = parser.parse_args().articles
    settings = Settings(data=Path(gettempdir()))
    clean, dedupe = processor_named("clean", settings), processor_named("dedupe", settings)
    records = []
    for number, message in enumerate(text_stream(n_articles, seed=1)):
        sendings, _ = run_processor(
            clean,
            settings,
            topic=RAW.name,
            partition=0,
            offset=number,
            key=message.key,
            value=message.value,
            headers=[],
        )
        records += [item for item in sendings if item.topic == CLEAN.name]
    blocks = []
    for start in range(0, len(records), BLOCK):
        began = time.thread_time()
        for number, item in enumerate(records[start : start + BLOCK], start):
            run_processor(
                dedupe,
                settings,
                topic=item.topic,
                partition=0,
                offset=number,
                key=item.key,
                value=item.value,
                headers=[],
            )
        blocks.append((time.thread_time() - began) / len(records[start : start + BLOCK]))
    for name, seconds in (
        ("mean", statistics.mean(blocks)),
        ("median", statistics.median(blocks)),
        ("quickest tenth", statistics.quantiles(blocks, n=10)[0]),
    ):
        rate = 1 / seconds
        per_day = rate * 86_400 / 1e6
        print(
            f"{name:15s} {1000 * seconds:.3f} ms, {rate:,.0f} articles/s, "
            f"{per_day:,.0f} million a day"
        )


if __name__ == "__main__":
    main()
