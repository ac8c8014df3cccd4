"""The delivery policy: window, quiet hours, limit and catch-up, without losing alerts."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.policy import MessageKind, PendingAlert, Plan, earliest_send_time, plan
from streams.records import QuietHours, Subscription

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NIGHT = QuietHours(start="22:00", end="07:00")


def subscription(**changes: object) -> Subscription:
    return msgspec.structs.replace(Subscription(id="rates", query="rate"), **changes)


def waiting(*minutes: float) -> list[PendingAlert]:
    """Return alerts that arrived some minutes after nine."""
    return [PendingAlert(f"a{n}", NINE + minute * MINUTE) for n, minute in enumerate(minutes)]


def sent(*minutes: float) -> list[datetime]:
    return [NINE + minute * MINUTE for minute in minutes]


def test_plan_sends_alerts_immediately_one_by_one() -> None:
    found = plan(waiting(0, 1), [], subscription(), now=NINE + MINUTE)

    assert [(group.form, group.ids) for group in found.groups] == [
        (MessageKind.SINGLE, ("a0",)),
        (MessageKind.SINGLE, ("a1",)),
    ]
    assert found.next_check is None


def test_plan_without_alerts_is_empty() -> None:
    assert plan([], sent(0), subscription(), now=NINE) == Plan()


def test_plan_of_paused_search_is_empty() -> None:
    assert plan(waiting(0), [], subscription(paused=True), now=NINE) == Plan()


def test_plan_sends_digest_after_window() -> None:
    search = subscription(digest_minutes=15)

    early = plan(waiting(0, 3, 14), [], search, now=NINE + 14.9 * MINUTE)
    due = plan(waiting(0, 3, 14), [], search, now=NINE + 15 * MINUTE)

    assert early == Plan(next_check=NINE + 15 * MINUTE)
    assert [(group.form, group.ids) for group in due.groups] == [
        (MessageKind.DIGEST, ("a0", "a1", "a2"))
    ]


def test_plan_sends_single_alert_without_digest() -> None:
    found = plan(waiting(0), [], subscription(digest_minutes=15), now=NINE + 15 * MINUTE)

    assert [group.form for group in found.groups] == [MessageKind.SINGLE]


def test_plan_sends_nothing_in_quiet_hours() -> None:
    found = plan(waiting(780), [], subscription(quiet=NIGHT), now=NINE + 781 * MINUTE)

    assert found == Plan(next_check=datetime(2026, 3, 3, 7, 0, tzinfo=UTC))


def test_plan_sends_digest_after_quiet_hours() -> None:
    morning = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    pending = [PendingAlert(f"a{n}", morning - n * timedelta(hours=1)) for n in (9, 3, 2, 1)]

    found = plan(pending, [], subscription(quiet=NIGHT), now=morning)

    assert [(group.form, group.ids) for group in found.groups] == [
        (MessageKind.DIGEST, ("a9", "a3", "a2", "a1"))
    ]


def test_plan_waits_beyond_hourly_limit() -> None:
    found = plan(waiting(20), sent(0, 10), subscription(max_per_hour=2), now=NINE + 20 * MINUTE)

    assert found == Plan(next_check=NINE + 60 * MINUTE)


def test_plan_sends_digest_instead_of_exceeding_limit() -> None:
    found = plan(waiting(20, 21), sent(0), subscription(max_per_hour=2), now=NINE + 21 * MINUTE)

    assert [(group.form, group.ids) for group in found.groups] == [
        (MessageKind.DIGEST, ("a0", "a1"))
    ]


def test_plan_without_limit_sends_all() -> None:
    found = plan(waiting(*range(100)), [], subscription(max_per_hour=0), now=NINE + 100 * MINUTE)

    assert [group.form for group in found.groups] == [MessageKind.CATCH_UP]
    assert len(plan(waiting(*[0] * 500), [], subscription(max_per_hour=0), now=NINE).groups) == 500


@pytest.mark.parametrize(
    ("n_late", "forms"), [(5, [MessageKind.SINGLE] * 6), (6, [MessageKind.CATCH_UP])]
)
def test_plan_sends_many_late_alerts_as_catch_up(n_late: int, forms: list[MessageKind]) -> None:
    found = plan(waiting(*range(n_late), 60), [], subscription(), now=NINE + 60 * MINUTE)

    assert [group.form for group in found.groups] == forms


def test_quiet_night_is_not_catch_up() -> None:
    pending = waiting(*range(780, 800))
    morning = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)

    found = plan(pending, [], subscription(quiet=NIGHT), now=morning)

    assert [group.form for group in found.groups] == [MessageKind.DIGEST]


def test_limit_is_not_catch_up() -> None:
    found = plan(
        waiting(*range(5, 25)), sent(0), subscription(max_per_hour=1), now=NINE + 60 * MINUTE
    )

    assert [group.form for group in found.groups] == [MessageKind.DIGEST]


@pytest.mark.parametrize("ahead", [2, 30, 60 * 24 * 365], ids=["minutes", "half hour", "year"])
@pytest.mark.parametrize("limit", [1, 60])
def test_messages_sent_in_future_hold_nothing_up(ahead: float, limit: int) -> None:
    search = subscription(max_per_hour=limit)

    found = plan(waiting(0), sent(*[ahead] * limit), search, now=NINE)

    assert [group.form for group in found.groups] == [MessageKind.SINGLE]
    assert earliest_send_time(sent(*[ahead] * limit), search, now=NINE) == NINE


def test_clocks_of_two_deliverers_may_differ_by_seconds() -> None:
    search = subscription(max_per_hour=1)

    assert plan(waiting(0), sent(0.5), search, now=NINE).next_check == NINE + 60 * MINUTE


def test_alert_time_in_future_delays_nothing() -> None:
    search = subscription(digest_minutes=15)

    assert plan(waiting(600), [], search, now=NINE).next_check == NINE + 15 * MINUTE


def test_earliest_send_time_keeps_quiet_hours_and_limit() -> None:
    assert earliest_send_time([], subscription(), now=NINE) == NINE
    assert (
        earliest_send_time(sent(-5), subscription(max_per_hour=1), now=NINE) == NINE + 55 * MINUTE
    )
    assert earliest_send_time([], subscription(paused=True), now=NINE) is None
    assert earliest_send_time([], subscription(quiet=NIGHT), now=NINE.replace(hour=23)) == datetime(
        2026, 3, 3, 7, 0, tzinfo=UTC
    )


WISHES = st.builds(
    subscription,
    digest_minutes=st.sampled_from([0, 0, 1, 15, 600]),
    max_per_hour=st.sampled_from([0, 1, 2, 60]),
    quiet=st.sampled_from([None, NIGHT, QuietHours(start="08:00", end="10:00", zone="Asia/Tokyo")]),
)


@given(
    st.lists(st.floats(0, 1000), max_size=20).map(sorted),
    st.lists(st.floats(0, 1000), max_size=5).map(sorted),
    WISHES,
    st.floats(0, 1100),
)
def test_plan_sends_all_in_order_or_none(
    minutes: list[float], sent_at: list[float], search: Subscription, now: float
) -> None:
    pending = waiting(*minutes)

    found = plan(pending, sent(*sent_at), search, now=NINE + now * MINUTE)

    ids = [id_ for group in found.groups for id_ in group.ids]
    assert ids in ([], [alert.id for alert in pending])
    assert (found.next_check is None) == (bool(ids) or not pending)


@given(
    st.lists(st.floats(0, 1000), min_size=1, max_size=20).map(sorted),
    st.lists(st.floats(0, 1000), max_size=5).map(sorted),
    WISHES,
    st.floats(1000, 2500),
)
def test_plan_sends_at_next_check_and_not_before(
    minutes: list[float], sent_at: list[float], search: Subscription, now: float
) -> None:
    pending, before = waiting(*minutes), sent(*sent_at)
    found = plan(pending, before, search, now=NINE + now * MINUTE)
    at = found.next_check or NINE + now * MINUTE

    assert plan(pending, before, search, now=at).groups
    assert not found.next_check or not plan(pending, before, search, now=at - MINUTE / 100).groups
