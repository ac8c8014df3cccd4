"""Keep a connection to Kafka: reconnect, with growing waits, whenever it is lost."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from streams.errors import BrokerError
from streams.runtime.backoff import Backoff

log = structlog.get_logger()


async def keep_connected(
    session: Callable[[], Awaitable[None]],
    *,
    purpose: str,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> NoReturn:
    """Run a session repeatedly until this task is canceled.

    Args:
        session: Connects, works until the connection is lost, and cleans up.
        purpose: Purpose of the connection, for the log.
        sleep: Waits for a number of seconds.

    Raises:
        Exception: Any error of the session except `BrokerError`, which is logged.
    """
    backoff = Backoff()
    while True:
        started = time.monotonic()
        try:
            await session()
        except BrokerError as error:
            log.warning("Kafka unavailable", purpose=purpose, problem=str(error))
        await sleep(backoff.after(lived_seconds=time.monotonic() - started))
