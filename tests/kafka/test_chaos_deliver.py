"""A deliverer killed again and again, a receiver that fails: accepted once, in order, none lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from streams.deliver.ledger.delivery import DeliveryState
from streams.records.topics import ALERTS, SUBSCRIPTIONS
from streams.settings import Settings
from tests.support.deliver import postgresql_server
from tests.support.delivery_chaos import Plan, chaos

__all__ = ["postgresql_server"]

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
    assert found.states == {DeliveryState.SENT: 300}


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
    assert found.states == {DeliveryState.SENT: 20_000}


@pytest.mark.chaos
async def test_so_it_is_with_the_ledger_in_postgresql(
    live: Settings,
    tmp_path: Path,
    postgresql_server: Any,
) -> None:
    postgresql_server.psql("CREATE DATABASE deliveries;")
    url = postgresql_server.get_uri(database="deliveries")
    found = await chaos(
        live.model_copy(update={"ledger": SecretStr(url)}),
        tmp_path,
        Plan(
            n_alerts=2000,
            n_subscriptions=50,
            kills=3,
            down=timedelta(seconds=10),
            within=timedelta(seconds=300),
        ),
    )

    assert (found.lost, found.twice, found.in_order) == (0, 0, True)
    assert found.states == {DeliveryState.SENT: 2000}
