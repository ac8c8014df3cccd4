"""The ledger, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest

from streams.deliver.ledger.delivery import Delivery, DeliveryState, QueueKey
from streams.deliver.ledger.ledger import Ledger
from streams.deliver.ledger.open import open_ledger
from streams.deliver.ledger.writer import LostClaimError
from streams.settings import Settings
from tests.support.deliver import NOON, delivery

DESK = QueueKey("rates", "desk")
LEASE = timedelta(seconds=30)


async def first_of(ledger: Ledger, *deliveries: Delivery) -> Delivery:
    """Write deliveries down; give the first as the ledger has it."""
    await ledger.add(deliveries)
    return (await ledger.open_deliveries(DESK, limit=1))[0]


def about(deliveries: list[Delivery]) -> list[str]:
    return [one.alert.title for one in deliveries]


async def test_an_alert_that_is_read_again_inserts_nothing(ledger: Ledger) -> None:
    assert await ledger.add([delivery(1), delivery(2)]) == 2
    assert await ledger.add([delivery(2), delivery(3), delivery(2, channel="mail")]) == 2
    assert len(await ledger.open_deliveries(DESK, limit=10)) == 3


async def test_a_delivery_comes_back_as_it_was(ledger: Ledger) -> None:
    given = delivery(1)

    found = await first_of(ledger, given)

    assert (found.alert, found.made, found.arrived, found.key) == (
        given.alert,
        given.made,
        given.arrived,
        given.key,
    )


async def test_open_deliveries_keep_their_order_and_lane(ledger: Ledger) -> None:
    await ledger.add([delivery(n) for n in (3, 1, 2)] + [delivery(4, "bridges")])

    assert about(await ledger.open_deliveries(DESK, limit=2)) == [
        "Bridge 3 reopens",
        "Bridge 1 reopens",
    ]
    assert sorted(await ledger.open_lanes([0])) == [QueueKey("bridges", "desk"), DESK]
    assert await ledger.open_lanes([1]) == []


async def test_a_group_that_was_begun_is_known_by_its_id(ledger: Ledger) -> None:
    one = await first_of(ledger, delivery(1))
    await ledger.begin([one], "msg_1", "single", now=NOON)
    await ledger.begin([one], "msg_1", "single", now=NOON + LEASE)

    (found,) = await ledger.open_deliveries(DESK, limit=10)

    assert (found.state, found.group_id, found.form) == (DeliveryState.SENDING, "msg_1", "single")
    assert (found.attempts, found.first_try) == (2, NOON)


async def test_what_was_sent_is_open_no_more_and_counts(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2), delivery(3)])
    some = await ledger.open_deliveries(DESK, limit=10)
    await ledger.begin(some[:2], "msg_1", "digest", now=NOON)
    await ledger.end(some[:2], "msg_1", DeliveryState.SENT, now=NOON)

    assert about(await ledger.open_deliveries(DESK, limit=10)) == ["Bridge 3 reopens"]
    assert await ledger.sent_times(DESK, since=NOON - LEASE) == [NOON]
    assert await ledger.sent_times(DESK, since=NOON) == []
    assert await ledger.counts() == {DeliveryState.SENT: 2, DeliveryState.WAITING: 1}


async def test_what_failed_says_why_and_when_it_is_tried_again(ledger: Ledger) -> None:
    one = await first_of(ledger, delivery(1))
    await ledger.begin([one], "msg_1", "single", now=NOON)
    await ledger.end(
        [one], "msg_1", DeliveryState.FAILED, now=NOON, error="status 500", next_try=NOON + LEASE
    )

    (found,) = await ledger.open_deliveries(DESK, limit=10)

    assert (found.state, found.last_error, found.next_try) == (
        DeliveryState.FAILED,
        "status 500",
        NOON + LEASE,
    )


async def test_only_what_was_never_tried_is_held(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2)])
    tried, fresh = await ledger.open_deliveries(DESK, limit=10)
    await ledger.begin([tried], "msg_1", "single", now=NOON)
    await ledger.hold([tried, fresh], until=NOON + LEASE, why="quiet hours")

    found = await ledger.open_deliveries(DESK, limit=10)

    assert [one.state for one in found] == [DeliveryState.SENDING, DeliveryState.HELD]
    assert found[1].last_error == "quiet hours"


async def test_a_lane_that_went_away_is_skipped_whole(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2), delivery(3, "bridges")])

    assert await ledger.skip(DESK, "no such subscription", now=NOON) == 2
    assert await ledger.counts() == {DeliveryState.SKIPPED: 2, DeliveryState.WAITING: 1}


async def test_what_ended_can_be_sent_again_and_its_lane_goes_on(ledger: Ledger) -> None:
    one = await first_of(ledger, delivery(1))
    await ledger.pause(DESK, "410", now=NOON)
    await ledger.begin([one], "msg_1", "single", now=NOON)
    await ledger.end([one], "msg_1", DeliveryState.GIVEN_UP, now=NOON, error="410")

    assert await ledger.resend([one], now=NOON + LEASE) == 1
    (found,) = await ledger.open_deliveries(DESK, limit=10)
    assert (found.state, found.attempts, found.arrived) == (DeliveryState.WAITING, 0, NOON + LEASE)
    assert await ledger.pauses() == {}


async def test_what_is_under_way_is_not_sent_again(ledger: Ledger) -> None:
    one = await first_of(ledger, delivery(1))

    assert await ledger.resend([one], now=NOON) == 0


async def test_partitions_have_one_owner_until_its_time_is_over(
    ledger: Ledger, ledger_settings: Settings
) -> None:
    async with open_ledger(ledger_settings) as other:
        assert await ledger.claim("a", [0, 1], now=NOON, lease=LEASE)
        assert not await other.claim("b", [1, 2], now=NOON, lease=LEASE)
        assert await other.claim("b", [2], now=NOON, lease=LEASE)
        assert await other.claim("b", [1, 2], now=NOON + 2 * LEASE, lease=LEASE)
        with pytest.raises(LostClaimError):
            await ledger.add([delivery(1)])


async def test_a_successor_of_the_same_name_need_not_wait(
    ledger: Ledger, ledger_settings: Settings
) -> None:
    async with open_ledger(ledger_settings) as successor:
        await ledger.claim("a", [0], now=NOON, lease=LEASE)

        assert await successor.claim("a", [0], now=NOON, lease=LEASE)


async def test_what_was_let_go_is_free(ledger: Ledger, ledger_settings: Settings) -> None:
    async with open_ledger(ledger_settings) as other:
        await ledger.claim("a", [0], now=NOON, lease=LEASE)
        await ledger.release()

        assert await other.claim("b", [0], now=NOON, lease=LEASE)


async def test_pauses_are_kept_until_they_are_lifted(ledger: Ledger) -> None:
    await ledger.pause(DESK, "the receiver is gone (410)", now=NOON)
    await ledger.pause(DESK, "again", now=NOON + LEASE)

    assert await ledger.pauses() == {DESK: (NOON, "the receiver is gone (410)")}
    await ledger.unpause(DESK)
    assert await ledger.pauses() == {}


async def test_people_see_the_latest_first_and_pick(ledger: Ledger) -> None:
    await ledger.add([delivery(n) for n in range(1, 4)] + [delivery(9, "bridges")])

    assert about(await ledger.deliveries(subscription_id="rates", limit=2)) == [
        "Bridge 3 reopens",
        "Bridge 2 reopens",
    ]
    assert about(await ledger.deliveries(since=NOON + timedelta(seconds=9))) == ["Bridge 9 reopens"]
    assert await ledger.deliveries(states=[DeliveryState.SENT]) == []
    assert await ledger.deliveries(channel="mail") == []


async def test_old_deliveries_are_forgotten(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2)])

    assert await ledger.sweep(before=NOON + timedelta(seconds=2)) == 1
    assert about(await ledger.deliveries()) == ["Bridge 2 reopens"]
