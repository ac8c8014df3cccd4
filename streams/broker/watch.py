"""A broker that dies is started again, on the same port, with its records."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from streams.broker.local import start_broker
from streams.broker.options import BrokerOptions, DataFolder
from streams.broker.process import exit_status, runs_broker
from streams.broker.running import RunningBroker
from streams.broker.state import read_state
from streams.errors import BrokerError

POLL = timedelta(milliseconds=200)
"""How soon a death is noticed."""

FIRST_PAUSE = timedelta(milliseconds=500)
LONGEST_PAUSE = timedelta(seconds=30)

SOUND = timedelta(minutes=1)
"""A broker that has lived this long is not one that dies at each start."""


def pause_before(attempt: int) -> timedelta:
    """Choose how long to wait before a restart: doubled each time, up to a limit.

    Args:
        attempt: 0 for the first.

    Examples:
        >>> [pause_before(n).total_seconds() for n in (0, 1, 2, 9, 10_000)]
        [0.5, 1.0, 2.0, 30.0, 30.0]
    """
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempt, 16)
    return min(doubled, LONGEST_PAUSE)


async def watch_broker(
    broker: RunningBroker, options: BrokerOptions, *, report: Callable[[str], None]
) -> None:
    """Restart a broker whenever it dies, until this task is cancelled.

    It ends by itself when somebody stops the broker on purpose.

    Args:
        broker: The one to watch.
        options: With which it was started; its port stays the one it has now.
        report: Told of each death and each restart, or why there is none yet.
    """
    options = replace(options, data=broker.data, port=broker.port)
    current: RunningBroker | None = broker
    deaths = 0
    while current is not None:
        since = time.monotonic()
        await _end_of(current)
        deaths = 0 if time.monotonic() - since > SOUND.total_seconds() else deaths
        if not _was_stopped(options):
            report(f"Kafka at {current.bootstrap} {exit_status(current.pid)}; starting it again")
        current = await _restarted(options, deaths, report)
        deaths += 1
    report(f"Kafka at {broker.bootstrap} was stopped")


async def _restarted(
    options: BrokerOptions, deaths: int, report: Callable[[str], None]
) -> RunningBroker | None:
    """Start it again, however often that takes; none when it is not wanted any more."""
    attempt = deaths
    while not _was_stopped(options):
        await asyncio.sleep(pause_before(attempt).total_seconds())
        attempt += 1
        try:
            broker = None if _was_stopped(options) else await start_broker(options)
        except BrokerError as error:
            report(f"{error}; next attempt in {pause_before(attempt).total_seconds():g} s")
        else:
            if broker is not None:
                report(f"Kafka is back at {broker.bootstrap}")
            return broker
    return None


async def _end_of(broker: RunningBroker) -> None:
    properties = DataFolder(broker.data).properties
    while runs_broker(broker.pid, properties):  # noqa: ASYNC110  # another process has no events
        await asyncio.sleep(POLL.total_seconds())


def _was_stopped(options: BrokerOptions) -> bool:
    state = read_state(DataFolder.at(options.data).state)
    return state is not None and state.stopped
