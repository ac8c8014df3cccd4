"""When alerts go out: each wish of a subscriber, and that nothing gets lost between them."""

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
    """Alerts that came so many minutes after nine."""
    return [PendingAlert(f"a{n}", NINE + minute * MINUTE) for n, minute in enumerate(minutes)]


def sent(*minutes: float) -> list[datetime]:
    return [NINE + minute * MINUTE for minute in minutes]


def test_alerts_go_out_at_once_each_on_its_own() -> None:
    found = plan(waiting(0, 1), [], subscription(), now=NINE + MINUTE)

    assert [(group.form, group.ids) for group in found.groups] == [
        (MessageKind.SINGLE, ("a0",)),
        (MessageKind.SINGLE, ("a1",)),
    ]
    assert found.next_check is None


def test_where_nothing_waits_nothing_is_planned() -> None:
    assert plan([], sent(0), subscription(), now=NINE) == Plan()


def test_a_paused_subscription_gets_nothing_until_it_changes() -> None:
    assert plan(waiting(0), [], subscription(paused=True), now=NINE) == Plan()


def test_a_digest_goes_out_when_its_window_is_over() -> None:
    wish = subscription(digest_minutes=15)

    early = plan(waiting(0, 3, 14), [], wish, now=NINE + 14.9 * MINUTE)
    due = plan(waiting(0, 3, 14), [], wish, now=NINE + 15 * MINUTE)

    assert early == Plan(next_check=NINE + 15 * MINUTE)
    assert [(group.form, group.ids) for group in due.groups] == [
        (MessageKind.DIGEST, ("a0", "a1", "a2"))
    ]


def test_a_digest_of_one_is_told_as_that_one() -> None:
    found = plan(waiting(0), [], subscription(digest_minutes=15), now=NINE + 15 * MINUTE)

    assert [group.form for group in found.groups] == [MessageKind.SINGLE]


def test_in_quiet_hours_nothing_goes_out() -> None:
    found = plan(waiting(780), [], subscription(quiet=NIGHT), now=NINE + 781 * MINUTE)

    assert found == Plan(next_check=datetime(2026, 3, 3, 7, 0, tzinfo=UTC))


def test_what_came_in_quiet_hours_comes_as_one_digest() -> None:
    morning = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    some = [PendingAlert(f"a{n}", morning - n * timedelta(hours=1)) for n in (9, 3, 2, 1)]

    found = plan(some, [], subscription(quiet=NIGHT), now=morning)

    assert [(group.form, group.ids) for group in found.groups] == [
        (MessageKind.DIGEST, ("a9", "a3", "a2", "a1"))
    ]


def test_beyond_the_limit_alerts_wait_until_the_hour_has_room() -> None:
    found = plan(waiting(20), sent(0, 10), subscription(max_per_hour=2), now=NINE + 20 * MINUTE)

    assert found == Plan(next_check=NINE + 60 * MINUTE)


def test_what_would_go_beyond_the_limit_comes_as_one_digest() -> None:
    found = plan(waiting(20, 21), sent(0), subscription(max_per_hour=2), now=NINE + 21 * MINUTE)

    assert [(group.form, group.ids) for group in found.groups] == [
        (MessageKind.DIGEST, ("a0", "a1"))
    ]


def test_a_limit_of_none_lets_everything_through() -> None:
    found = plan(waiting(*range(100)), [], subscription(max_per_hour=0), now=NINE + 100 * MINUTE)

    assert [group.form for group in found.groups] == [MessageKind.CATCH_UP]
    assert len(plan(waiting(*[0] * 500), [], subscription(max_per_hour=0), now=NINE).groups) == 500


@pytest.mark.parametrize(
    ("n_late", "forms"), [(5, [MessageKind.SINGLE] * 6), (6, [MessageKind.CATCH_UP])]
)
def test_after_an_outage_many_late_alerts_come_as_one_digest(
    n_late: int, forms: list[MessageKind]
) -> None:
    found = plan(waiting(*range(n_late), 60), [], subscription(), now=NINE + 60 * MINUTE)

    assert [group.form for group in found.groups] == forms


def test_a_night_of_quiet_is_no_outage() -> None:
    some = waiting(*range(780, 800))
    morning = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)

    found = plan(some, [], subscription(quiet=NIGHT), now=morning)

    assert [group.form for group in found.groups] == [MessageKind.DIGEST]


def test_a_limit_is_no_outage() -> None:
    found = plan(
        waiting(*range(5, 25)), sent(0), subscription(max_per_hour=1), now=NINE + 60 * MINUTE
    )

    assert [group.form for group in found.groups] == [MessageKind.DIGEST]


def test_a_clock_that_runs_ahead_holds_nothing_up() -> None:
    wish = subscription(digest_minutes=15)

    assert plan(waiting(600), [], wish, now=NINE).next_check == NINE + 15 * MINUTE


def test_what_is_sent_again_keeps_to_quiet_hours_and_limit() -> None:
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
def test_plan_sends_all_that_waits_in_order_or_nothing(
    came: list[float], sent_at: list[float], wish: Subscription, now: float
) -> None:
    some = waiting(*came)

    found = plan(some, sent(*sent_at), wish, now=NINE + now * MINUTE)

    told = [id_ for group in found.groups for id_ in group.ids]
    assert told in ([], [one.id for one in some])
    assert (found.next_check is None) == (bool(told) or not some)


@given(
    st.lists(st.floats(0, 1000), min_size=1, max_size=20).map(sorted),
    st.lists(st.floats(0, 1000), max_size=5).map(sorted),
    WISHES,
    st.floats(1000, 2500),
)
def test_plan_sends_when_it_said_that_it_would_and_not_before(
    came: list[float], sent_at: list[float], wish: Subscription, now: float
) -> None:
    some, before = waiting(*came), sent(*sent_at)
    found = plan(some, before, wish, now=NINE + now * MINUTE)
    at = found.next_check or NINE + now * MINUTE

    assert plan(some, before, wish, now=at).groups
    assert not found.next_check or not plan(some, before, wish, now=at - MINUTE / 100).groups
