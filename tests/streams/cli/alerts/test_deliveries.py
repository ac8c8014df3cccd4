"""``streams alerts deliveries`` and ``resend``: the ledger of deliveries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from streams.alerts.sample import sample_alert
from streams.cli.alerts.deliveries import print_deliveries
from streams.cli.alerts.resend import resend_deliveries
from streams.deliver.ledger.delivery import Delivery, DeliveryState
from streams.deliver.ledger.open import open_ledger
from streams.errors import UsageError
from streams.records import Alert, Subscription
from streams.settings import Settings

NOW = datetime.now(UTC)


def delivery(name: str, *, hours_ago: float = 0) -> Delivery:
    alert: Alert = sample_alert(Subscription(id=name, query="bridge"))
    time = NOW - timedelta(hours=hours_ago)
    return Delivery(channel="desk", partition=0, alert=alert, made=time, arrived=time)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A ledger with one delivery sent, one given up, and one given up long ago."""
    settings = Settings(data=tmp_path)
    async with open_ledger(settings) as ledger:
        await ledger.add([delivery("sent"), delivery("lost"), delivery("old", hours_ago=48)])
        states = {
            "sent": DeliveryState.SENT,
            "lost": DeliveryState.GIVEN_UP,
            "old": DeliveryState.GIVEN_UP,
        }
        for one in await ledger.deliveries():
            name = one.alert.subscription_id
            await ledger.begin([one], f"msg_{name}", "single", now=NOW)
            await ledger.end([one], f"msg_{name}", states[name], now=NOW, error="410 Gone")
    return settings


async def shown(settings: Settings, capsys: pytest.CaptureFixture[str], **changes: object) -> str:
    asked = {"states": (), "channel": "", "since": "", "n": 20, "json": False} | changes
    await print_deliveries(settings, str(asked.pop("id_", "")), **asked)  # type: ignore[arg-type]  # as the test says
    return capsys.readouterr().out


async def states(settings: Settings) -> dict[str, DeliveryState]:
    async with open_ledger(settings) as ledger:
        return {one.alert.subscription_id: one.state for one in await ledger.deliveries()}


async def test_deliveries_show_state_and_error(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    text = await shown(settings, capsys)

    assert "given_up" in text
    assert "410 Gone" in text
    assert "in the ledger: 1 sent, 2 given_up" in text


async def test_deliveries_do_not_break_webhook_label(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    settings = Settings(data=tmp_path)
    async with open_ledger(settings) as ledger:
        await ledger.add([replace(delivery("german-rates"), channel="127.0.0.1#b04e830769cc")])

    text = await shown(settings, capsys)

    assert "→ 127.0.0.1#b04e830769cc" in text
    assert "german-rates" in text


async def test_deliveries_can_be_filtered(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        orjson.loads(line)["subscription_id"]
        for asked in (
            {"id_": "old"},
            {"states": [DeliveryState.SENT]},
            {"since": "2h"},
            {"channel": "x"},
        )
        for line in (await shown(settings, capsys, json=True, **asked)).splitlines()
    ]

    assert lines == ["old", "sent", "sent", "lost"]


async def test_resend_failed_since_time(settings: Settings) -> None:
    said = await resend_deliveries(settings, (), failed=True, search="", since="2h")

    assert said == 1
    found = await states(settings)
    assert (found["sent"], found["old"]) == (DeliveryState.SENT, DeliveryState.GIVEN_UP)
    assert found["lost"] not in (DeliveryState.SENT, DeliveryState.GIVEN_UP)


async def test_resend_by_number_or_alert(settings: Settings) -> None:
    alert = delivery("sent").alert.id

    said = await resend_deliveries(settings, ["2", alert], failed=False, search="", since="")

    assert said == 2


@pytest.mark.parametrize(
    ("names", "failed", "said"),
    [
        ((), False, "expected numbers of deliveries"),
        (("1",), True, "expected numbers of deliveries"),
        (("99",), False, "99: no finished delivery"),
    ],
)
async def test_resend_refuses_invalid_selection(
    settings: Settings, names: tuple[str, ...], *, failed: bool, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        await resend_deliveries(settings, names, failed=failed, search="", since="")


async def test_empty_ledger_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nothing yet" in await shown(Settings(data=tmp_path), capsys)
