"""A deliverer killed repeatedly, and a failing receiver: accepted once, in order, none lost."""

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


async def test_killed_deliverer_loses_no_alert_and_keeps_order(
    live: Settings, tmp_path: Path
) -> None:
    result = await chaos(
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

    assert (result.lost, result.twice, result.in_order) == (0, 0, True)
    assert result.states == {DeliveryState.SENT: 300}


@pytest.mark.chaos
async def test_20000_alerts_survive_kills_and_outage(live: Settings, tmp_path: Path) -> None:
    result = await chaos(
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

    print(f"{20_000 / result.seconds:.0f} alerts/s, {result}"[:300])  # noqa: T201
    assert (result.lost, result.twice, result.in_order) == (0, 0, True)
    assert result.states == {DeliveryState.SENT: 20_000}


@pytest.mark.chaos
async def test_no_alert_lost_with_postgresql_ledger(
    live: Settings,
    tmp_path: Path,
    postgresql_server: Any,
) -> None:
    postgresql_server.psql("CREATE DATABASE deliveries;")
    url = postgresql_server.get_uri(database="deliveries")
    result = await chaos(
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

    assert (result.lost, result.twice, result.in_order) == (0, 0, True)
    assert result.states == {DeliveryState.SENT: 2000}
