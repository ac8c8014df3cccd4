"""Measure memory and time for a large WARC: ``python -m bench.archives --gigabytes 1``.

Writes a compressed WARC of generated pages and images of that size, uncompressed, reads it as
`streams sources import` does, but without Kafka, and prints pages per second, megabytes per second,
and the growth of the process after the first hundredth.

Measured 2026-11-22 on a very busy machine, 1 GB: 109 pages and as many images a second, 30 MB/s
uncompressed; memory 36 MB, 0.0 MB more than after the first hundredth.
"""

import argparse
import io
import random
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from streams.sources.files.files import pieces_of_file

WORDS = ("rain", "oslo", "harbor", "bridge", "council", "vote", "storm", "ferry", "night")
PAGE_BYTES = 80_000
IMAGE_BYTES = 200_000


class Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """A writer that leaves no open files."""

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()


def write(path: Path, n_bytes: int) -> None:
    """Write pages and images alternately."""
    chance = random.Random(7)  # noqa: S311  # made-up pages
    image = chance.randbytes(IMAGE_BYTES)
    words = " ".join(chance.choices(WORDS, k=PAGE_BYTES // 6))
    with path.open("wb") as stream:
        writer = Writer(stream, gzip=True)
        for number in range(n_bytes // (PAGE_BYTES + IMAGE_BYTES)):
            page = f"<html><body><p>{number} {words}</p></body></html>".encode()
            for kind, body in (("text/html", page), ("image/jpeg", image)):
                headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
                writer.write_record(
                    writer.create_warc_record(
                        f"https://news.test/a/rain-{number}.{kind[-4:]}",
                        "response",
                        payload=io.BytesIO(body),
                        http_headers=headers,
                    )
                )


def memory() -> float:
    """Return the peak memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Write the archive, read it, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=1.0, help="uncompressed size, GB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.warc.gz"
        write(path, int(options.gigabytes * 1e9))
        start, early, counts = time.monotonic(), 0.0, Counter[str]()
        n_records = 2 * int(options.gigabytes * 1e9) // (PAGE_BYTES + IMAGE_BYTES)
        for number, piece in enumerate(pieces_of_file(path)):
            counts[piece.passed_over or "pages"] += 1
            if number <= n_records // 100:
                early = memory()
        seconds = time.monotonic() - start
        disk, rate = path.stat().st_size / 1e6, options.gigabytes * 1000 / seconds
        print(f"{dict(counts)} in {seconds:.1f} s: {counts['pages'] / seconds:,.0f} pages/s,")
        print(f"{disk:,.0f} MB on disk, {rate:,.0f} MB/s uncompressed;")
        print(f"memory {memory():.0f} MB, {memory() - early:.1f} MB more than after 1 %")


if __name__ == "__main__":
    main()
