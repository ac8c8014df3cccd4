"""A connection that is restored after each loss."""

import pytest
from structlog.testing import capture_logs

from streams.errors import BrokerError
from streams.runtime.reconnect import keep_connected


class EnoughError(Exception):
    """Ends the loop."""


class Sessions:
    """Fails with each of the outcomes, and then ends the loop."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = [*outcomes, EnoughError()]
        self.waits: list[float] = []

    async def __call__(self) -> None:
        outcome = self.outcomes.pop(0)
        if outcome:
            raise outcome

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def test_keep_connected_reconnects_after_growing_waits() -> None:
    sessions = Sessions(BrokerError("gone"), None, BrokerError("gone"))

    with pytest.raises(EnoughError):
        await keep_connected(sessions, purpose="tests", sleep=sessions.sleep)

    assert sessions.waits == [0.5, 1.0, 2.0]


async def test_keep_connected_logs_the_cause_of_a_loss() -> None:
    sessions = Sessions(BrokerError("gone"), None)

    with capture_logs() as logs, pytest.raises(EnoughError):
        await keep_connected(sessions, purpose="tests", sleep=sessions.sleep)

    assert logs == [
        {
            "event": "Kafka unavailable",
            "log_level": "warning",
            "purpose": "tests",
            "problem": "gone",
        }
    ]
