"""Restart a broker that dies, on the same port and with its records."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from streams.broker.instance import RunningBroker
from streams.broker.options import BrokerOptions, DataFolder
from streams.broker.process import exit_status, runs_broker
from streams.broker.start import start_broker
from streams.broker.state import read_state
from streams.errors import BrokerError
from streams.runtime.backoff import Backoff

POLL = timedelta(milliseconds=200)
"""How often the process is checked."""


async def watch_broker(
    broker: RunningBroker, options: BrokerOptions, *, report: Callable[[str], None]
) -> None:
    """Restart a broker whenever it dies, until this task is cancelled.

    It returns when a command stops the broker.

    Args:
        broker: Broker to watch.
        options: Options of its start; its port stays the current one.
        report: Gets a line about each death and each restart, or why there is none yet.
    """
    options = replace(options, data=broker.data, port=broker.port)
    current: RunningBroker | None = broker
    backoff = Backoff()
    while current is not None:
        since = time.monotonic()
        await _wait_for_end(current)
        pause = backoff.after(lived_seconds=time.monotonic() - since)
        if not _was_stopped(options):
            report(f"Kafka at {current.bootstrap} {exit_status(current.pid)}; restarting it")
        current = await _restart(options, backoff, pause, report)
    report(f"Kafka at {broker.bootstrap} was stopped")


async def _restart(
    options: BrokerOptions, backoff: Backoff, pause: float, report: Callable[[str], None]
) -> RunningBroker | None:
    """Restart it, with any number of attempts; return None if it was stopped in the meantime."""
    while not _was_stopped(options):
        await asyncio.sleep(pause)
        try:
            broker = None if _was_stopped(options) else await start_broker(options)
        except BrokerError as error:
            pause = backoff.after(lived_seconds=0)
            report(f"{error}; next attempt in {pause:g} s")
        else:
            if broker is not None:
                report(f"Kafka is back at {broker.bootstrap}")
            return broker
    return None


async def _wait_for_end(broker: RunningBroker) -> None:
    properties = DataFolder(broker.data).properties
    while runs_broker(broker.pid, properties):  # noqa: ASYNC110  # another process has no events
        await asyncio.sleep(POLL.total_seconds())


def _was_stopped(options: BrokerOptions) -> bool:
    state = read_state(DataFolder.at(options.data).state)
    return state is not None and state.stopped
