"""Kafka's jars: pinned by their digests, downloaded once, kept in a cache folder.

Each jar is verified and then moved into place, so that every file in the cache is complete: if a
process is killed in between, the next one downloads the missing jars. No list of finished
downloads is needed.
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
"""A broken connection is not unusual in 46 downloads."""

THREADS = 8
"""45 MB took 6.6 s with 8 threads, 13.6 s one by one with their descriptions (2026-11-22)."""

Fetch = Callable[[str, Path], Path]
"""Downloads the jar of a coordinate to a folder: `streams.broker.install.maven.fetch_artifact`."""


@dataclass(frozen=True, kw_only=True)
class Jar:
    """A jar as it must be.

    Attributes:
        coordinate: ``group:artifact:version``.
        sha256: SHA-256 digest, hexadecimal.
        size: Size in bytes.
    """

    coordinate: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """Name of the file."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    def is_in(self, folder: Path) -> bool:
        """Return whether the complete jar is in the folder; its digest was verified before."""
        try:
            return (folder / self.name).stat().st_size == self.size
        except OSError:
            return False


def pin_text(jars: Sequence[Jar]) -> str:
    """Return pins as the text of the pin file: digest, size, coordinate.

    Examples:
        >>> print(pin_text([Jar(coordinate="g:a:1", sha256="c0de", size=7)]), end="")
        c0de 7 g:a:1
    """
    return "".join(f"{jar.sha256} {jar.size} {jar.coordinate}\n" for jar in jars)


def parse_pins(text: str) -> tuple[Jar, ...]:
    """Parse pins as `pin_text` writes them.

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
    """Return the jars that make up Kafka."""
    return parse_pins(PIN_FILE.read_text(encoding="utf-8"))


def cached_jars(folder: Path, jars: Sequence[Jar]) -> tuple[Path, ...] | None:
    """Return the paths of the jars, in order; None unless all jars are in the folder."""
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
    """Download the missing jars.

    Args:
        folder: Folder of the jars; no other process may download to it at the same time.
        jars: All jars that are needed.
        fetch: Downloads one jar.
        report: Gets the progress about ten times; called in this thread.
        stop: Set by the caller to give up soon.
        pause: Pause before the second attempt at a jar; twice that before the third.

    Raises:
        BrokerError: If a jar cannot be downloaded; the others are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("part-*"):  # left by a process that was killed
        rmtree(leftover, ignore_errors=True)
    missing = [jar for jar in jars if not jar.is_in(folder)]
    with (
        TemporaryDirectory(dir=folder, prefix="part-") as part,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        tasks = [
            pool.submit(_download, jar, folder, Path(part), fetch=fetch, stop=stop, pause=pause)
            for jar in missing
        ]
        reported = ""
        try:
            for task in as_completed(tasks):
                task.result()
                if (progress := _progress(folder, jars)) != reported:
                    report(progress)
                    reported = progress
        finally:
            stop.set()  # after an error, the remaining jars are not needed


def _progress(folder: Path, jars: Sequence[Jar]) -> str:
    total = sum(jar.size for jar in jars)
    done = sum(jar.size for jar in jars if jar.is_in(folder))
    percent = done * 10 // total * 10
    return f"Downloading Kafka {KAFKA_VERSION}: {percent} % of {total // MIB} MiB"


def _download(
    jar: Jar, folder: Path, part: Path, *, fetch: Fetch, stop: Event, pause: timedelta
) -> None:
    problem = "canceled"
    for attempt in range(ATTEMPTS):
        if stop.wait(attempt * pause.total_seconds()):
            break
        staging = part / f"{jar.name}-{attempt}"  # a new folder, so that no broken file is reused
        try:
            data = fetch(jar.coordinate, staging).read_bytes()
        except (OSError, RuntimeError) as error:
            problem = type(error).__name__
            continue
        if hashlib.sha256(data).hexdigest() == jar.sha256:
            staging.mkdir(exist_ok=True)
            (staging / "verified").write_bytes(data)
            (staging / "verified").replace(folder / jar.name)
            return
        problem = "its digest differs from the pinned one"
    raise BrokerError(
        f"downloading Kafka {KAFKA_VERSION}: {jar.coordinate} is not in {folder} and could not be "
        f"downloaded ({problem}); connect to the network and repeat (finished downloads are kept), "
        "or set NEWS_BROKER=host:port to use a Kafka that runs elsewhere"
    )
