"""Wait for a fact, with a deadline, instead of sleeping and hoping."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

Seen = TypeVar("Seen")

EVERY = timedelta(milliseconds=50)


async def eventually(
    condition: Callable[[], Seen | Awaitable[Seen]], *, within: timedelta = timedelta(seconds=10)
) -> Seen:
    """Wait until a condition holds.

    Args:
        condition: Gives something true once it holds; plain or async. An assertion that fails in
            it means "not yet", so that ``assert set(ids) == {"a", "b"}`` tells what was missing.
        within: The deadline; the condition is tried at least once, and once more at the end.

    Returns:
        What the condition gave.

    Raises:
        AssertionError: If it did not hold in time; the message has what was seen last.
    """
    deadline = time.monotonic() + within.total_seconds()
    while True:
        last = time.monotonic() >= deadline
        seen: object
        try:
            given = condition()
            answer = await given if inspect.isawaitable(given) else given
        except AssertionError as error:
            seen = str(error) or repr(error)
        else:
            if answer:
                return answer
            seen = repr(answer)
        if last:
            raise AssertionError(f"not within {within.total_seconds():g} s; seen last: {seen}")
        await asyncio.sleep(EVERY.total_seconds())
