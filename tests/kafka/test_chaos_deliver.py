"""A deliverer killed again and again, a receiver that fails: accepted once, in order, none lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from schemas.topics import ALERTS, SUBSCRIPTIONS
from streams.deliver.delivery import State
from streams.settings import Settings
from tests.support.delivery_chaos import Plan, chaos

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(900)]

LIVE_TOPICS = (ALERTS, SUBSCRIPTIONS)


async def test_every_alert_is_accepted_once_and_in_order(live: Settings, tmp_path: Path) -> None:
    found = await chaos(
        live,
        tmp_path,
        Plan(
            n_alerts=300,
            n_subscriptions=20,
            kills=1,
            down=timedelta(seconds=2),
            within=timedelta(seconds=90),
        ),
    )

    assert (found.lost, found.twice, found.in_order) == (0, 0, True)
    assert found.states == {State.SENT: 300}


@pytest.mark.chaos
async def test_twenty_thousand_alerts_three_kills_and_a_minute_without_a_receiver(
    live: Settings, tmp_path: Path
) -> None:
    found = await chaos(
        live,
        tmp_path,
        Plan(
            n_alerts=20_000,
            n_subscriptions=100,
            kills=3,
            down=timedelta(seconds=60),
            within=timedelta(seconds=600),
        ),
    )

    print(f"{20_000 / found.seconds:.0f} alerts/s, {found}"[:300])  # noqa: T201
    assert (found.lost, found.twice, found.in_order) == (0, 0, True)
    assert found.states == {State.SENT: 20_000}
