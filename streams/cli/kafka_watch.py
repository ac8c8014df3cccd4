"""Say once that Kafka is away, and once that it is back, while something waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from streams.errors import BrokerError
from streams.kafka.read import topics_with_prefix
from streams.settings import Settings

ASKED_EVERY: Final = timedelta(seconds=5)
ANSWERS_WITHIN: Final = timedelta(seconds=10)

TO_ASK: Final = "articles.raw.v1"
"""Any topic will do: its presence is not looked at."""


async def tell_when_away(
    broker: str,
    answers: Callable[[], Awaitable[bool]],
    say: Callable[[str], None],
    *,
    every: timedelta = ASKED_EVERY,
) -> None:
    """Ask Kafka whether it is there, for ever, and say when that changes.

    Args:
        broker: What it is called.
        answers: Asks it.
        say: Told a sentence.
        every: Between two questions.
    """
    there = True
    while True:
        await asyncio.sleep(every.total_seconds())
        answered = await answers()
        if answered != there:
            there = answered
            waiting = "does not answer; waiting until it is back, nothing is lost"
            say(f"Kafka at {broker} {'is back' if there else waiting}")


async def kafka_answers(settings: Settings) -> bool:
    """Tell whether Kafka answers in time."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN.total_seconds()):
            await topics_with_prefix(settings, TO_ASK)
    except (BrokerError, TimeoutError):
        return False
    return True
