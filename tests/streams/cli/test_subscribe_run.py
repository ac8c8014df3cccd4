"""A record as a person reads it while it comes in."""

from datetime import UTC, datetime

import msgspec

from streams.alerts.sample import sample_alert
from streams.cli.subscribe_run import described
from streams.kafka.subscribe import Received
from streams.records import Alert, Subscription
from streams.records.topics import ALERTS

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
    return [line.plain.strip() for line in described(received)]


def test_an_alert_is_told_by_its_headline_and_why_it_came() -> None:
    assert lines(ALERT) == [
        "09:30:00 Harbor bridge reopens after three months",
        "example-news · 2026-03-02 08:15 UTC · new · https://news.example/harbor-bridge",
        "Harbor Authority",
        "bridges: bridge",
    ]


def test_an_alert_without_a_headline_is_told_by_what_it_says() -> None:
    bare = msgspec.structs.replace(ALERT, title="")

    assert lines(bare)[0].startswith("09:30:00 The harbor bridge opened to traffic")
