"""``streams subscribe``: records as text, and outages of Kafka."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec

from streams.alerts.sample import sample_alert
from streams.cli.subscribe import is_kafka_available, record_lines, report_outages
from streams.kafka.subscribe import Received
from streams.records import Alert, Subscription
from streams.records.topics import ALERTS
from streams.settings import Settings

ALERT = sample_alert(Subscription(id="bridges", query="bridge"))


def lines(alert: Alert) -> list[str]:
    received = Received(
        record=alert,
        topic=ALERTS.name,
        partition=0,
        offset=0,
        origin="",
        sent=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    )
    return [line.plain.strip() for line in record_lines(received)]


def test_alert_has_headline_and_reason() -> None:
    assert lines(ALERT) == [
        "09:30:00 Harbor bridge reopens after three months",
        "example-news · 2026-03-02 08:15 UTC · new · https://news.example/harbor-bridge",
        "Harbor Authority",
        "bridges: bridge",
    ]


def test_alert_without_headline_has_summary() -> None:
    bare = msgspec.structs.replace(ALERT, title="")

    assert lines(bare)[0].startswith("09:30:00 The harbor bridge opened to traffic")


async def test_outage_and_recovery_are_reported_once() -> None:
    script = iter([True, False, False, False, True, True, False])
    said: list[str] = []
    over = asyncio.Event()

    async def answers() -> bool:
        try:
            return next(script)
        except StopIteration:
            over.set()
            return False

    watching = asyncio.ensure_future(
        report_outages("a:1", answers, said.append, interval=timedelta(0))
    )
    await over.wait()
    watching.cancel()

    away = "Kafka at a:1 is unavailable; waiting for it, no record is lost"
    assert said == [away, "Kafka at a:1 is available again", away]


async def test_kafka_is_unavailable_on_closed_port() -> None:
    assert not await is_kafka_available(Settings(broker="127.0.0.1:9"))


def test_alert_shows_time_with_offset_in_utc() -> None:
    published = datetime.fromisoformat("2026-03-02T00:15:00+01:00")

    assert "2026-03-01 23:15 UTC" in lines(msgspec.structs.replace(ALERT, published=published))[1]
