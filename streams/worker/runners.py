"""How a stage's processor is run in its worker: in killable processes, or in the worker."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Protocol

from streams.processors.build import build_processor
from streams.processors.enrichers_check import check_enrichers
from streams.processors.message import Message, Processor, Result
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.pool import StagePool
from streams.worker.table_runner import TableRunner


class Runner(Protocol):
    """Works on messages; a future never fails because of the data."""

    async def ready(self) -> None:
        """Wait until the runner can work."""

    async def assigned(self) -> None:
        """Prepare for partitions that this process may not have had before."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Start the work on a message."""

    def remembered(self) -> int:
        """Return the number of articles in memory; 0 for a stage without a memory."""

    def problem(self) -> str:
        """Return what a person should fix although the stage runs; empty if nothing."""

    def figures(self) -> dict[str, float]:
        """Return the figures of the memory by metric; empty for a stage without one."""

    def stop(self) -> None:
        """Release all resources."""


class PooledRunner:
    """Runs a stage in killable processes, which are started at once."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        self._pool = StagePool(stage, settings)

    async def ready(self) -> None:
        """Wait until a process has loaded the stage."""
        await self._pool.ready()

    async def assigned(self) -> None:
        """Do nothing: these stages keep no state."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Send the message to a process."""
        return self._pool.start(message)

    def remembered(self) -> int:
        """Return 0."""
        return 0

    def problem(self) -> str:
        """Return an empty text."""
        return ""

    def figures(self) -> dict[str, float]:
        """Return no figures."""
        return {}

    def stop(self) -> None:
        """Kill the processes."""
        self._pool.stop()


class InPlaceRunner:
    """Runs a stage without a state in its worker, one message after the other."""

    def __init__(self, processor: Processor) -> None:
        self._processor = processor

    async def ready(self) -> None:
        """Return at once."""

    async def assigned(self) -> None:
        """Do nothing: such a stage keeps no state."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Run the processor."""
        return completed_future(self._processor(message, datetime.now(UTC)))

    def remembered(self) -> int:
        """Return 0."""
        return 0

    def problem(self) -> str:
        """Return an empty text."""
        return ""

    def figures(self) -> dict[str, float]:
        """Return no figures."""
        return {}

    def stop(self) -> None:
        """Do nothing: there is nothing to release."""


def completed_future(result: Result) -> "asyncio.Future[Result]":
    """Return a future that has this result."""
    future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
    future.set_result(result)
    return future


def runner_for(stage: Stage, settings: Settings, on_progress: Callable[[], None]) -> Runner:
    """Return the runner of a stage: its own, one on its tables, one with processes, or in-place.

    Raises:
        UsageError: If the settings, or a file that they name, cannot be used.
    """
    if stage.runner:
        runner: Runner = import_module(stage.runner).build_runner(settings, on_progress)
        return runner
    if stage.tables:
        return TableRunner(stage, settings, on_progress)
    if stage.runs_enrichers:
        check_enrichers(settings.enrichers)
    if stage.pooled:
        return PooledRunner(stage, settings)
    return InPlaceRunner(build_processor(stage, settings))
