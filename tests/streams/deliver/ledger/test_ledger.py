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
    """Add deliveries; return the first as the ledger has it."""
    await ledger.add(deliveries)
    return (await ledger.open_deliveries(DESK, limit=1))[0]


def about(deliveries: list[Delivery]) -> list[str]:
    return [row.alert.title for row in deliveries]


async def test_redelivered_alert_adds_no_row(ledger: Ledger) -> None:
    assert await ledger.add([delivery(1), delivery(2)]) == 2
    assert await ledger.add([delivery(2), delivery(3), delivery(2, channel="mail")]) == 2
    assert len(await ledger.open_deliveries(DESK, limit=10)) == 3


async def test_delivery_round_trips(ledger: Ledger) -> None:
    added = delivery(1)

    stored = await first_of(ledger, added)

    assert (stored.alert, stored.made, stored.arrived, stored.key) == (
        added.alert,
        added.made,
        added.arrived,
        added.key,
    )


async def test_open_deliveries_keep_order_and_queue(ledger: Ledger) -> None:
    await ledger.add([delivery(n) for n in (3, 1, 2)] + [delivery(4, "bridges")])

    assert about(await ledger.open_deliveries(DESK, limit=2)) == [
        "Bridge 3 reopens",
        "Bridge 1 reopens",
    ]
    assert sorted(await ledger.open_queues([0])) == [QueueKey("bridges", "desk"), DESK]
    assert await ledger.open_queues([1]) == []


async def test_begun_group_is_found_by_id(ledger: Ledger) -> None:
    row = await first_of(ledger, delivery(1))
    await ledger.begin([row], "msg_1", "single", now=NOON)
    await ledger.begin([row], "msg_1", "single", now=NOON + LEASE)

    (stored,) = await ledger.open_deliveries(DESK, limit=10)

    assert (stored.state, stored.group_id, stored.form) == (
        DeliveryState.SENDING,
        "msg_1",
        "single",
    )
    assert (stored.attempts, stored.first_try) == (2, NOON)


async def test_sent_delivery_is_closed_and_counted(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2), delivery(3)])
    some = await ledger.open_deliveries(DESK, limit=10)
    await ledger.begin(some[:2], "msg_1", "digest", now=NOON)
    await ledger.end(some[:2], "msg_1", DeliveryState.SENT, now=NOON)

    assert about(await ledger.open_deliveries(DESK, limit=10)) == ["Bridge 3 reopens"]
    assert await ledger.sent_times(DESK, since=NOON - LEASE) == [NOON]
    assert await ledger.sent_times(DESK, since=NOON) == []
    assert await ledger.counts() == {DeliveryState.SENT: 2, DeliveryState.WAITING: 1}


async def test_failed_delivery_keeps_error_and_next_try(ledger: Ledger) -> None:
    row = await first_of(ledger, delivery(1))
    await ledger.begin([row], "msg_1", "single", now=NOON)
    await ledger.end(
        [row], "msg_1", DeliveryState.FAILED, now=NOON, error="status 500", next_try=NOON + LEASE
    )

    (stored,) = await ledger.open_deliveries(DESK, limit=10)

    assert (stored.state, stored.last_error, stored.next_try) == (
        DeliveryState.FAILED,
        "status 500",
        NOON + LEASE,
    )


async def test_only_untried_deliveries_are_held(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2)])
    tried, fresh = await ledger.open_deliveries(DESK, limit=10)
    await ledger.begin([tried], "msg_1", "single", now=NOON)
    await ledger.hold([tried, fresh], until=NOON + LEASE, reason="quiet hours")

    stored = await ledger.open_deliveries(DESK, limit=10)

    assert [row.state for row in stored] == [DeliveryState.SENDING, DeliveryState.HELD]
    assert stored[1].last_error == "quiet hours"


async def test_skip_ends_all_deliveries_of_queue(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2), delivery(3, "bridges")])

    assert await ledger.skip(DESK, "no such subscription", now=NOON) == 2
    assert await ledger.counts() == {DeliveryState.SKIPPED: 2, DeliveryState.WAITING: 1}


async def test_resend_reopens_delivery_and_unpauses_queue(ledger: Ledger) -> None:
    row = await first_of(ledger, delivery(1))
    await ledger.pause(DESK, "410", now=NOON)
    await ledger.begin([row], "msg_1", "single", now=NOON)
    await ledger.end([row], "msg_1", DeliveryState.GIVEN_UP, now=NOON, error="410")

    assert await ledger.resend([row], now=NOON + LEASE) == 1
    (stored,) = await ledger.open_deliveries(DESK, limit=10)
    assert (stored.state, stored.attempts, stored.arrived) == (
        DeliveryState.WAITING,
        0,
        NOON + LEASE,
    )
    assert await ledger.pauses() == {}


async def test_resend_leaves_open_delivery_unchanged(ledger: Ledger) -> None:
    row = await first_of(ledger, delivery(1))

    assert await ledger.resend([row], now=NOON) == 0


async def test_claim_is_exclusive_until_it_expires(
    ledger: Ledger, ledger_settings: Settings
) -> None:
    async with open_ledger(ledger_settings) as other:
        assert await ledger.claim("a", [0, 1], now=NOON, lease=LEASE)
        assert not await other.claim("b", [1, 2], now=NOON, lease=LEASE)
        assert await other.claim("b", [2], now=NOON, lease=LEASE)
        assert await other.claim("b", [1, 2], now=NOON + 2 * LEASE, lease=LEASE)
        with pytest.raises(LostClaimError):
            await ledger.add([delivery(1)])


async def test_claim_of_same_owner_is_renewed(ledger: Ledger, ledger_settings: Settings) -> None:
    async with open_ledger(ledger_settings) as successor:
        await ledger.claim("a", [0], now=NOON, lease=LEASE)

        assert await successor.claim("a", [0], now=NOON, lease=LEASE)


async def test_released_partitions_are_free(ledger: Ledger, ledger_settings: Settings) -> None:
    async with open_ledger(ledger_settings) as other:
        await ledger.claim("a", [0], now=NOON, lease=LEASE)
        await ledger.release()

        assert await other.claim("b", [0], now=NOON, lease=LEASE)


async def test_pause_lasts_until_unpause(ledger: Ledger) -> None:
    await ledger.pause(DESK, "the receiver is gone (410)", now=NOON)
    await ledger.pause(DESK, "again", now=NOON + LEASE)

    assert await ledger.pauses() == {DESK: (NOON, "the receiver is gone (410)")}
    await ledger.unpause(DESK)
    assert await ledger.pauses() == {}


async def test_deliveries_are_latest_first_and_filtered(ledger: Ledger) -> None:
    await ledger.add([delivery(n) for n in range(1, 4)] + [delivery(9, "bridges")])

    assert about(await ledger.deliveries(subscription_id="rates", limit=2)) == [
        "Bridge 3 reopens",
        "Bridge 2 reopens",
    ]
    assert about(await ledger.deliveries(since=NOON + timedelta(seconds=9))) == ["Bridge 9 reopens"]
    assert await ledger.deliveries(states=[DeliveryState.SENT]) == []
    assert await ledger.deliveries(channel="mail") == []


async def test_delete_before_deletes_old_deliveries(ledger: Ledger) -> None:
    await ledger.add([delivery(1), delivery(2)])
    await ledger.skip(DESK, "deleted", now=NOON)

    assert await ledger.delete_before(NOON + timedelta(seconds=2)) == 1
    assert about(await ledger.deliveries()) == ["Bridge 2 reopens"]


async def test_open_delivery_is_kept_however_old(ledger: Ledger) -> None:
    await ledger.add([delivery(1)])

    assert await ledger.delete_before(NOON + timedelta(days=400)) == 0
    assert await ledger.n_open() == 1


async def test_claim_of_clock_that_was_ahead_is_not_believed(
    ledger: Ledger, ledger_settings: Settings
) -> None:
    async with open_ledger(ledger_settings) as other:
        await ledger.claim("a", [0], now=NOON + timedelta(days=365), lease=LEASE)

        assert await other.claim("b", [0], now=NOON, lease=LEASE)


async def test_positions_are_those_saved_last(ledger: Ledger) -> None:
    await ledger.save_positions("5f2c90aa", {0: 7, 1: 3})
    await ledger.save_positions("00aa17e5", {0: 9})

    assert await ledger.positions() == {0: ("00aa17e5", 9), 1: ("5f2c90aa", 3)}


async def test_ledger_is_empty_until_anything_is_stored(ledger: Ledger) -> None:
    before = await ledger.is_empty()
    await ledger.save_positions("", {0: 0})

    assert (before, await ledger.is_empty()) == (True, False)


async def test_deliveries_in_future_are_counted(ledger: Ledger) -> None:
    await ledger.add([delivery(1)])
    await ledger.skip(DESK, "deleted", now=NOON + timedelta(days=365))

    assert await ledger.n_in_future(NOON) == 1
    assert await ledger.n_in_future(NOON + timedelta(days=365)) == 0
