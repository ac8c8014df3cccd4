"""How a stage's step is run in its worker: in killable processes, or in place."""

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
    """Works on messages; a future never fails for the sake of the data."""

    async def ready(self) -> None:
        """Wait until it can work."""

    async def assigned(self) -> None:
        """Get ready for partitions that this process may not have had before."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Begin the work on a message."""

    def remembered(self) -> int:
        """How many articles are remembered; 0 for a stage without a memory."""

    def problem(self) -> str:
        """What a person should mend although all goes on; empty: nothing."""

    def figures(self) -> dict[str, float]:
        """What a memory was asked so far, by metric; nothing for a stage without one."""

    def stop(self) -> None:
        """Let go of everything."""


class PooledRunner:
    """Runs a stage in killable processes."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        """Start the processes."""
        self._pool = StagePool(stage, settings)

    async def ready(self) -> None:
        """Wait until a process has loaded the stage."""
        await self._pool.ready()

    async def assigned(self) -> None:
        """Nothing to do: these stages keep no state."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Hand the message to a process."""
        return self._pool.start(message)

    def remembered(self) -> int:
        """Nothing."""
        return 0

    def problem(self) -> str:
        """None that it knows of."""
        return ""

    def figures(self) -> dict[str, float]:
        """None."""
        return {}

    def stop(self) -> None:
        """Kill the processes."""
        self._pool.stop()


class InPlaceRunner:
    """Runs a stage without a state in its worker, one message after the other."""

    def __init__(self, step: Processor) -> None:
        """Run a stage's step."""
        self._step = step

    async def ready(self) -> None:
        """Nothing to wait for."""

    async def assigned(self) -> None:
        """Nothing to do: such a stage keeps no state."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Run the step."""
        return completed_future(self._step(message, datetime.now(UTC)))

    def remembered(self) -> int:
        """Nothing."""
        return 0

    def problem(self) -> str:
        """None that it knows of."""
        return ""

    def figures(self) -> dict[str, float]:
        """None."""
        return {}

    def stop(self) -> None:
        """Nothing to let go of."""


def completed_future(result: Result) -> "asyncio.Future[Result]":
    """Wrap a result that is already there."""
    future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
    future.set_result(result)
    return future


def runner_for(stage: Stage, settings: Settings, on_progress: Callable[[], None]) -> Runner:
    """Choose how a stage is run: by its own runner, on its tables, in killable processes, in place.

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
