"""Install Kafka once per version and user: its jars, and two files that make it start fast.

Both are recorded in a first run in a temporary folder: the checkpoint with which Kafka's own
formatting starts a new cluster, so that a folder is formatted by copying a file, and an archive of
the loaded classes, so that Java need not load and link them at each start.
"""

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Event
from typing import Literal

from streams.broker.config import MAIN_CLASS, Ports, archive_flags, java_flags
from streams.broker.install.jars import Fetch, cached_jars, fetch_jars, read_pinned_jars
from streams.broker.java import java_runtime
from streams.broker.launch import write_settings
from streams.broker.options import KAFKA_VERSION, DataFolder
from streams.broker.process import end_process, java_environment, spawn
from streams.broker.readiness import wait_until_answering
from streams.broker.storage import CHECKPOINT, new_id
from streams.errors import BrokerError
from streams.runtime.file_lock import file_lock
from streams.runtime.ports import free_port

FIRST_RUN = timedelta(seconds=60)
"""Time limit until Kafka answers in the first run, without an archive."""

ARCHIVING = timedelta(seconds=60)
"""Time limit for writing the archive when Java ends; 7 s measured on two idle cores."""

OTHER_PROCESS = timedelta(minutes=15)
"""How long another process may download and prepare before this one stops waiting for it."""


@dataclass(frozen=True)
class KafkaInstall:
    """Kafka on this machine, ready to be started.

    Attributes:
        jars: Class path.
        checkpoint: Checkpoint with which a new cluster starts.
        archive: Archive of loaded classes; need not exist.
    """

    jars: tuple[Path, ...]
    checkpoint: Path
    archive: Path

    def command(
        self, folder: DataFolder, *, heap_mib: int, archive: Literal["use", "write"] = "use"
    ) -> list[str]:
        """Return the command that runs a broker, with the archive if it exists.

        Args:
            folder: Folder of the broker.
            heap_mib: Limit of the heap, MiB.
            archive: ``use`` the archive or ``write`` it.
        """
        flags: tuple[str, ...] = ()
        if archive == "write":
            flags = archive_flags(f"-XX:AOTCacheOutput={self.archive}.part")
        elif self.archive.is_file():
            flags = archive_flags(f"-XX:AOTCache={self.archive}")
        java = java_flags(heap_mib=heap_mib, logging=folder.logging)
        return [str(java_runtime().program), *flags, *java, MAIN_CLASS, str(folder.properties)]

    async def format(self, folder: DataFolder) -> None:
        """Format a folder with Kafka's own tool; its settings are already written.

        Raises:
            BrokerError: If the tool fails.
        """
        java = java_flags(heap_mib=128, logging=folder.logging)
        tool = ["kafka.tools.StorageTool", "format", "-t", new_id(), "-c", str(folder.properties)]
        process = await asyncio.create_subprocess_exec(
            str(java_runtime().program),
            *java,
            *tool,
            env=java_environment(self.jars),
            cwd=folder.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise BrokerError(
                f"preparing Kafka {KAFKA_VERSION} in {folder.path}: formatting failed: "
                f"{output.decode(errors='replace').strip()[-300:]}"
            )


async def ensure_kafka(
    cache: Path, *, report: Callable[[str], None], fetch: Fetch | None = None
) -> KafkaInstall:
    """Return a Kafka that is ready to run; the first time, download it and run it once.

    Args:
        cache: Cache folder of the user.
        report: Gets a line before each slow part.
        fetch: Downloads a jar; by default from Maven's repositories.

    Raises:
        BrokerError: If Kafka is not in the cache and cannot be downloaded, or does not run.
    """
    home = _home(cache)
    if (kafka := _kafka(home)) is not None:
        return kafka

    def report_waiting() -> None:
        report(f"Another process is preparing Kafka {KAFKA_VERSION}; waiting for it")

    async with file_lock(
        home.with_name(f"{home.name}.lock"), within=OTHER_PROCESS, waiting=report_waiting
    ):
        if (kafka := _kafka(home)) is None:
            await _download(home / "lib", report, fetch)
            kafka = await _first_run(home, report)
    return kafka


def _home(cache: Path) -> Path:
    return cache.expanduser().resolve() / f"kafka-{KAFKA_VERSION}"


def _kafka(home: Path) -> KafkaInstall | None:
    jars = cached_jars(home / "lib", read_pinned_jars())
    kafka = KafkaInstall(jars or (), home / CHECKPOINT, _archive(home))
    has_run = kafka.archive.is_file() or _no_archive(kafka).is_file()
    return kafka if jars and kafka.checkpoint.is_file() and has_run else None


def _archive(home: Path) -> Path:
    return home / f"java-{java_runtime().version}.classes"


def _no_archive(kafka: KafkaInstall) -> Path:
    """Return the path of the file that marks a Java that cannot write an archive."""
    return kafka.archive.with_suffix(".without")


async def _download(folder: Path, report: Callable[[str], None], fetch: Fetch | None) -> None:
    from streams.broker.install.maven import fetch_artifact  # noqa: PLC0415  # 0.2 s, rarely used

    loop, stop = asyncio.get_running_loop(), Event()

    def report_threadsafe(line: str) -> None:
        loop.call_soon_threadsafe(report, line)

    work = asyncio.to_thread(
        fetch_jars,
        folder,
        read_pinned_jars(),
        fetch=fetch or fetch_artifact,
        report=report_threadsafe,
        stop=stop,
    )
    try:
        await work
    finally:
        stop.set()  # cancelling this task does not cancel the thread


async def _first_run(home: Path, report: Callable[[str], None]) -> KafkaInstall:
    report(f"Running Kafka {KAFKA_VERSION} once, so that it starts fast from now on (about 10 s)")
    jars = tuple(home / "lib" / jar.name for jar in read_pinned_jars())
    kafka = KafkaInstall(jars, home / CHECKPOINT, _archive(home))
    _clear(home)
    with TemporaryDirectory(dir=home, prefix="first-", ignore_cleanup_errors=True) as name:
        folder = DataFolder.at(Path(name))
        port = free_port()
        write_settings(folder, Ports(port, free_port(avoid=[port])))
        await kafka.format(folder)
        await _record_archive(kafka, folder, port)
        (folder.records / CHECKPOINT).replace(kafka.checkpoint)
    return kafka


def _clear(home: Path) -> None:
    """Delete folders that a killed process has left."""
    for leftover in home.glob("first-*"):
        rmtree(leftover, ignore_errors=True)


async def _record_archive(kafka: KafkaInstall, folder: DataFolder, port: int) -> None:
    """Start and stop Kafka while Java records its classes; an archive is not required."""
    pid = spawn(
        kafka.command(folder, heap_mib=512, archive="write"),
        environment=java_environment(kafka.jars),
        folder=folder.path,
        output=folder.output,
        die_with_parent=True,
    )
    part = kafka.archive.with_name(f"{kafka.archive.name}.part")
    try:
        answered = await wait_until_answering(pid, folder, port, within=FIRST_RUN)
        ended = await end_process(pid, folder.properties, patience=ARCHIVING)
    except BaseException:
        await end_process(pid, folder.properties, patience=timedelta(0))
        raise
    if answered and ended and part.is_file():
        part.replace(kafka.archive)
    else:
        part.unlink(missing_ok=True)
        _no_archive(kafka).touch()
