"""CPU seconds and memory of an engine, all its child processes included."""

import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from streams.topology import STAGES

MIB = 1024 * 1024
SAMPLE_SECONDS = 0.5
STOP_SECONDS = 15


class Engine:
    """Processes that run until they are stopped, and the resources they used.

    Args:
        commands: Command of each process; its output is written to a file in the folder.
        environment: Environment of all.
        folder: Working folder.
    """

    def __init__(
        self, commands: Iterable[Sequence[str]], environment: dict[str, str], folder: Path
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "engine.log"
        self._peak = 0.0
        self._stopping = threading.Event()
        with self.log.open("ab") as log:
            self._roots = [
                psutil.Popen(
                    [sys.executable, *command],
                    env=environment,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
                for command in commands
            ]
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()

    def _tree(self) -> list[psutil.Process]:
        found: dict[int, psutil.Process] = {}
        for root in self._roots:
            with suppress(psutil.Error):
                found |= {
                    process.pid: process for process in (root, *root.children(recursive=True))
                }
        return list(found.values())

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all processes, ended ones included."""
        total = 0.0
        for process in self._tree():
            with suppress(psutil.Error):
                total += sum(process.cpu_times()[:4])  # user, system, and those of ended children
        return total

    def cpu_by_part(self) -> dict[str, float]:
        """Return CPU seconds by stage, separately for the worker and its killable processes."""
        names: dict[int, str] = {}
        found: dict[str, float] = {}
        for process in self._tree():  # parents before their children
            with suppress(psutil.Error):
                name = _part(process.cmdline(), names.get(process.ppid(), ""))
                names[process.pid] = name
                found[name] = found.get(name, 0.0) + sum(process.cpu_times()[:4])
        return found

    def peak_mib(self) -> float:
        """Return the largest sum of proportional set sizes since the last call, MiB."""
        peak, self._peak = self._peak, 0.0
        return peak

    def _sample(self) -> None:
        while not self._stopping.wait(SAMPLE_SECONDS):
            total = 0
            for process in self._tree():
                with suppress(psutil.Error):
                    total += process.memory_full_info().pss
            self._peak = max(self._peak, total / MIB)

    def ended(self) -> bool:
        """Return whether one of them has ended by itself."""
        return any(root.poll() is not None for root in self._roots)

    def stop(self) -> None:
        """Ask them to end, and kill those that do not."""
        self._stopping.set()
        tree = self._tree()
        for root in self._roots:
            with suppress(psutil.Error):
                root.terminate()
        psutil.wait_procs(self._roots, timeout=STOP_SECONDS)
        for process in tree:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(self._roots, timeout=STOP_SECONDS)
        self._sampler.join()

    def last_words(self, n_lines: int = 15) -> str:
        """Return the end of their output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-n_lines:])


def _part(command: Sequence[str], parent: str) -> str:
    """Return the stage of a process; a child of a stage's process belongs to its pool.

    Examples:
        >>> _part(["python", "-m", "streams.cli.main", "worker", "tag", "--http-port", "1"], "rest")
        'tag'
        >>> _part(["python", "-c", "from multiprocessing.spawn import spawn_main"], "tag")
        'tag pool'
    """
    for stage in STAGES:
        if stage.name in command:
            return stage.name
    return f"{parent.removesuffix(' pool')} pool" if parent not in {"", "rest"} else "rest"
