"""The forecast sends every alert once, in order, within window, quiet hours and limit."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.forecast import PlannedMessage, forecast
from streams.alerts.policy import HOUR, MessageKind, PendingAlert
from streams.alerts.quiet_hours import is_quiet
from streams.records import QuietHours, Subscription

START = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALERTS = (
    st.lists(st.integers(0, 3 * 1440), max_size=60)
    .map(sorted)
    .map(
        lambda minutes: [PendingAlert(f"a{n}", START + at * MINUTE) for n, at in enumerate(minutes)]
    )
)
TIMES = st.times().map(lambda time: f"{time:%H:%M}")
WISHES = st.builds(
    lambda **changes: msgspec.structs.replace(Subscription(id="rates", query="rate"), **changes),
    digest_minutes=st.sampled_from([0, 0, 1, 15, 600]),
    max_per_hour=st.sampled_from([0, 1, 2, 5, 60]),
    quiet=st.none() | st.builds(QuietHours, start=TIMES, end=TIMES, zone=st.just("Europe/Berlin")),
)


def sent_ids(messages: list[PlannedMessage]) -> list[str]:
    return [id_ for message in messages for id_ in message.group.ids]


@given(ALERTS, WISHES)
def test_forecast_sends_every_alert_once_in_order(
    alerts: list[PendingAlert], search: Subscription
) -> None:
    assert sent_ids(forecast(alerts, search)) == [alert.id for alert in alerts]


@given(ALERTS, WISHES)
def test_forecast_sends_no_alert_before_arrival(
    alerts: list[PendingAlert], search: Subscription
) -> None:
    arrival = {alert.id: alert.time for alert in alerts}

    found = forecast(alerts, search)

    assert all(message.time >= arrival[id_] for message in found for id_ in message.group.ids)
    assert [message.time for message in found] == sorted(message.time for message in found)


@given(ALERTS, WISHES)
def test_forecast_keeps_hourly_limit(alerts: list[PendingAlert], search: Subscription) -> None:
    times = [message.time for message in forecast(alerts, search)]

    fullest = max((sum(at <= time < at + HOUR for time in times) for at in times), default=0)
    assert not search.max_per_hour or fullest <= search.max_per_hour


@given(ALERTS, WISHES)
def test_forecast_sends_nothing_in_quiet_hours(
    alerts: list[PendingAlert], search: Subscription
) -> None:
    assert not any(is_quiet(message.time, search.quiet) for message in forecast(alerts, search))


@given(ALERTS, WISHES)
def test_forecast_delays_no_alert_beyond_bound(
    alerts: list[PendingAlert], search: Subscription
) -> None:
    arrival = {alert.id: alert.time for alert in alerts}
    # The window, an hour for the limit, and a quiet day that may follow each.
    longest = (
        search.digest_minutes * MINUTE + HOUR + (timedelta(days=2) if search.quiet else 0 * HOUR)
    )

    assert all(
        message.time - arrival[id_] <= longest
        for message in forecast(alerts, search)
        for id_ in message.group.ids
    )


@given(ALERTS, WISHES)
def test_forecast_never_catches_up(alerts: list[PendingAlert], search: Subscription) -> None:
    assert MessageKind.CATCH_UP not in {message.group.form for message in forecast(alerts, search)}


def test_forecast_ignores_pause() -> None:
    search = Subscription(id="rates", query="rate", paused=True)

    assert sent_ids(forecast([PendingAlert("a", START)], search)) == ["a"]
