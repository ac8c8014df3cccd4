"""Kafka's jars: pinned with their digests, fetched once, kept in a cache folder.

Each jar is checked and then moved into place, so that whatever lies there is whole: a process
that is killed in the middle leaves the rest to be fetched, and none needs a list of what is done.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Event

from streams.broker.config import MIB
from streams.broker.options import KAFKA_VERSION
from streams.errors import BrokerError

PIN_FILE = Path(__file__).with_name(f"kafka-{KAFKA_VERSION}.jars")
"""Written by `streams.broker.install.pin`."""

ATTEMPTS = 3
"""A connection that breaks is nothing unusual in 46 downloads."""

THREADS = 8
"""45 MB came in 6.6 s with 8, in 13.6 s one by one with their descriptions (2026-11-22)."""

Fetch = Callable[[str, Path], Path]
"""Brings a coordinate's jar into a folder, like `streams.broker.install.maven.fetch_artifact`."""


@dataclass(frozen=True, kw_only=True)
class Jar:
    """One jar, as it has to be.

    Attributes:
        coordinate: ``group:artifact:version``.
        sha256: Digest, hexadecimal.
        size: Bytes.
    """

    coordinate: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """The file's name."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    def is_in(self, folder: Path) -> bool:
        """Whether a whole jar lies there; its digest was checked before it was moved there."""
        try:
            return (folder / self.name).stat().st_size == self.size
        except OSError:
            return False


def pin_text(jars: Sequence[Jar]) -> str:
    """Write pins as a file: digest, size, coordinate.

    Examples:
        >>> print(pin_text([Jar(coordinate="g:a:1", sha256="c0de", size=7)]), end="")
        c0de 7 g:a:1
    """
    return "".join(f"{jar.sha256} {jar.size} {jar.coordinate}\n" for jar in jars)


def parse_pins(text: str) -> tuple[Jar, ...]:
    """Read pins, as `pin_text` writes them.

    Examples:
        >>> parse_pins("c0de 7 g:a:1")[0].name
        'a-1.jar'
    """
    fields = (line.split() for line in text.splitlines())
    return tuple(
        Jar(coordinate=coordinate, sha256=digest, size=int(size))
        for digest, size, coordinate in fields
    )


@cache
def read_pinned_jars() -> tuple[Jar, ...]:
    """Give the jars that make up Kafka."""
    return parse_pins(PIN_FILE.read_text(encoding="utf-8"))


def cached_jars(folder: Path, jars: Sequence[Jar]) -> tuple[Path, ...] | None:
    """Give the jars' paths, in order; none unless all of them are there."""
    if all(jar.is_in(folder) for jar in jars):
        return tuple(folder / jar.name for jar in jars)
    return None


def fetch_jars(
    folder: Path,
    jars: Sequence[Jar],
    *,
    fetch: Fetch,
    report: Callable[[str], None],
    stop: Event,
    pause: timedelta = timedelta(seconds=1),
) -> None:
    """Fetch the jars that are missing.

    Args:
        folder: Where they are kept; no other process may be doing the same.
        jars: All that are needed.
        fetch: Brings one.
        report: Told about ten times how far it is; called in this thread.
        stop: Set from outside to give up soon.
        pause: Before the second attempt at a jar; twice that before the third.

    Raises:
        BrokerError: If one cannot be had; those that could are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("part-*"):  # of a process that was killed
        rmtree(leftover, ignore_errors=True)
    missing = [jar for jar in jars if not jar.is_in(folder)]
    with (
        TemporaryDirectory(dir=folder, prefix="part-") as part,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        tasks = [
            pool.submit(_bring, jar, folder, Path(part), fetch=fetch, stop=stop, pause=pause)
            for jar in missing
        ]
        told = ""
        try:
            for task in as_completed(tasks):
                task.result()
                if (now := _how_far(folder, jars)) != told:
                    report(now)
                    told = now
        finally:
            stop.set()  # after an error the rest need not be fetched


def _how_far(folder: Path, jars: Sequence[Jar]) -> str:
    total = sum(jar.size for jar in jars)
    here = sum(jar.size for jar in jars if jar.is_in(folder))
    return f"Fetching Kafka {KAFKA_VERSION}: {here * 10 // total * 10} % of {total // MIB} MiB"


def _bring(
    jar: Jar, folder: Path, part: Path, *, fetch: Fetch, stop: Event, pause: timedelta
) -> None:
    problem = "given up"
    for attempt in range(ATTEMPTS):
        if stop.wait(attempt * pause.total_seconds()):
            break
        staging = part / f"{jar.name}-{attempt}"  # a broken file must not be believed next time
        try:
            data = fetch(jar.coordinate, staging).read_bytes()
        except (OSError, RuntimeError) as error:
            problem = type(error).__name__
            continue
        if hashlib.sha256(data).hexdigest() == jar.sha256:
            staging.mkdir(exist_ok=True)
            (staging / "whole").write_bytes(data)
            (staging / "whole").replace(folder / jar.name)
            return
        problem = "its digest is not the pinned one"
    raise BrokerError(
        f"fetching Kafka {KAFKA_VERSION}: {jar.coordinate} is not in {folder} and could not be "
        f"had ({problem}); connect to the network and repeat (what came is kept), or set "
        "NEWS_BROKER=host:port to use a Kafka that runs elsewhere"
    )
