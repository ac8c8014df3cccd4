"""A forecast sends as a deliverer does: every alert once, in order, within all wishes."""

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


def told(sendings: list[PlannedMessage]) -> list[str]:
    return [id_ for one in sendings for id_ in one.group.ids]


@given(ALERTS, WISHES)
def test_every_alert_is_sent_once_and_in_order(
    alerts: list[PendingAlert], wish: Subscription
) -> None:
    assert told(forecast(alerts, wish)) == [alert.id for alert in alerts]


@given(ALERTS, WISHES)
def test_no_alert_is_sent_before_it_came(alerts: list[PendingAlert], wish: Subscription) -> None:
    came = {alert.id: alert.time for alert in alerts}

    found = forecast(alerts, wish)

    assert all(one.time >= came[id_] for one in found for id_ in one.group.ids)
    assert [one.time for one in found] == sorted(one.time for one in found)


@given(ALERTS, WISHES)
def test_no_hour_holds_more_messages_than_wanted(
    alerts: list[PendingAlert], wish: Subscription
) -> None:
    times = [one.time for one in forecast(alerts, wish)]

    fullest = max((sum(at <= time < at + HOUR for time in times) for at in times), default=0)
    assert not wish.max_per_hour or fullest <= wish.max_per_hour


@given(ALERTS, WISHES)
def test_nothing_is_sent_in_quiet_hours(alerts: list[PendingAlert], wish: Subscription) -> None:
    assert not any(is_quiet(one.time, wish.quiet) for one in forecast(alerts, wish))


@given(ALERTS, WISHES)
def test_no_alert_waits_longer_than_its_wishes_make_it(
    alerts: list[PendingAlert], wish: Subscription
) -> None:
    came = {alert.id: alert.time for alert in alerts}
    # The window, a hour for the limit, and a quiet day that may follow each of them.
    longest = wish.digest_minutes * MINUTE + HOUR + (timedelta(days=2) if wish.quiet else 0 * HOUR)

    assert all(
        one.time - came[id_] <= longest for one in forecast(alerts, wish) for id_ in one.group.ids
    )


@given(ALERTS, WISHES)
def test_when_nothing_goes_wrong_nothing_has_to_be_caught_up(
    alerts: list[PendingAlert], wish: Subscription
) -> None:
    assert MessageKind.CATCH_UP not in {one.group.form for one in forecast(alerts, wish)}


def test_a_pause_plays_no_part() -> None:
    wish = Subscription(id="rates", query="rate", paused=True)

    assert told(forecast([PendingAlert("a", START)], wish)) == ["a"]
