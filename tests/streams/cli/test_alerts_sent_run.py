"""What became of alerts, as the ledger has it; and some of them once more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from streams.alerts.sample import sample_alert
from streams.cli.alerts_sent_run import run_deliveries, run_resend
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
    """A ledger with one delivery that was sent, one given up, and one given up long ago."""
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
    await run_deliveries(settings, str(asked.pop("id_", "")), **asked)  # type: ignore[arg-type]  # as the test says
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


async def test_deliveries_show_the_label_of_a_webhook_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    settings = Settings(data=tmp_path)
    async with open_ledger(settings) as ledger:
        await ledger.add([replace(delivery("german-rates"), channel="127.0.0.1#b04e830769cc")])

    text = await shown(settings, capsys)

    assert "→ 127.0.0.1#b04e830769cc" in text
    assert "german-rates" in text


async def test_deliveries_can_be_narrowed_down(
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


async def test_what_was_given_up_since_a_time_is_sent_again(settings: Settings) -> None:
    said = await run_resend(settings, (), failed=True, search="", since="2h")

    assert said == "1 delivery to be sent again"
    found = await states(settings)
    assert (found["sent"], found["old"]) == (DeliveryState.SENT, DeliveryState.GIVEN_UP)
    assert found["lost"] not in (DeliveryState.SENT, DeliveryState.GIVEN_UP)


async def test_deliveries_are_sent_again_by_number_or_alert(settings: Settings) -> None:
    alert = delivery("sent").alert.id

    said = await run_resend(settings, ["2", alert], failed=False, search="", since="")

    assert said == "2 deliveries to be sent again"


@pytest.mark.parametrize(
    ("names", "failed", "said"),
    [
        ((), False, "say which"),
        (("1",), True, "say which"),
        (("99",), False, "99: no delivery of that number or alert has ended"),
    ],
)
async def test_what_cannot_be_sent_again_is_said(
    settings: Settings, names: tuple[str, ...], *, failed: bool, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        await run_resend(settings, names, failed=failed, search="", since="")


async def test_an_empty_ledger_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nothing yet" in await shown(Settings(data=tmp_path), capsys)
