"""Matches from before a search was saved: found once, and never awaited for long."""

import asyncio

from streams.errors import BrokerError
from streams.records import Subscription
from streams.serve.feeds.backfill import Backfill
from streams.serve.feeds.formats import FeedItem
from tests.support.deliver import NOON, alert
from tests.support.waiting import eventually

SEARCH = Subscription(id="rates", query="rate")


async def test_matches_are_found_once() -> None:
    asked: list[str] = []

    async def find(subscription: Subscription) -> list[FeedItem]:
        asked.append(subscription.query)
        return [FeedItem(alert(number), NOON) for number in range(60)]

    backfill = Backfill(find)
    found = [await backfill.items(SEARCH) for _ in range(2)]

    assert [len(items) for items in found] == [50, 50]
    assert found[0][-1].alert == alert(59)
    assert asked == ["rate"]


async def test_failing_search_has_no_matches() -> None:
    async def find(_subscription: Subscription) -> list[FeedItem]:
        raise BrokerError("away")

    assert await Backfill(find).items(SEARCH) == []


async def test_slow_search_has_no_matches_yet() -> None:
    may_end = asyncio.Event()

    async def find(_subscription: Subscription) -> list[FeedItem]:
        await may_end.wait()
        return [FeedItem(alert(), NOON)]

    backfill = Backfill(find, wait_seconds=0)

    assert await backfill.items(SEARCH) == []
    may_end.set()
    assert await eventually(lambda: backfill.items(SEARCH)) == [FeedItem(alert(), NOON)]
