"""Keep a connection to Kafka: connect again, after growing waits, whenever it is lost."""

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
    """Run a session again and again until it is canceled.

    Args:
        session: Connects, works until the connection is of no more use, and cleans up.
        purpose: What the connection is for, in the log.
        sleep: Waits for seconds.

    Raises:
        Exception: What the session raises, except `BrokerError`, which is logged.
    """
    backoff = Backoff()
    while True:
        started = time.monotonic()
        try:
            await session()
        except BrokerError as error:
            log.warning("Kafka unavailable", purpose=purpose, problem=str(error))
        await sleep(backoff.after(lived_seconds=time.monotonic() - started))
