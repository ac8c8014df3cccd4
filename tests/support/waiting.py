"""Wait for a condition, with a deadline, instead of sleeping."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

Seen = TypeVar("Seen")

FIRST_PAUSE = timedelta(milliseconds=1)
LONGEST_PAUSE = timedelta(milliseconds=50)
"""The pause between two tries doubles up to this, or is twice as long as a try takes.

Most conditions hold soon; one that reads whole topics must not take the processor from the
processes it waits for.
"""


async def eventually(
    condition: Callable[[], Seen | Awaitable[Seen]], *, within: timedelta = timedelta(seconds=10)
) -> Seen:
    """Wait until a condition holds.

    Args:
        condition: Returns a true value once it holds; plain or async. A failing assertion in it
            means "not yet", so that ``assert set(ids) == {"a", "b"}`` reports what was missing.
        within: The deadline; the condition is tried at least once, and once more at the end.

    Returns:
        The value of the condition.

    Raises:
        AssertionError: If it did not hold in time; the message has the last value.
    """
    deadline = time.monotonic() + within.total_seconds()
    pause = FIRST_PAUSE.total_seconds()
    while True:
        started = time.monotonic()
        last = started >= deadline
        seen: object
        try:
            value = condition()
            answer = await value if inspect.isawaitable(value) else value
        except AssertionError as error:
            seen = str(error) or repr(error)
        else:
            if answer:
                return answer
            seen = repr(answer)
        if last:
            raise AssertionError(f"not within {within.total_seconds():g} s; seen last: {seen}")
        ended = time.monotonic()
        await asyncio.sleep(min(max(pause, 2 * (ended - started)), max(0.0, deadline - ended)))
        pause = min(2 * pause, LONGEST_PAUSE.total_seconds())
