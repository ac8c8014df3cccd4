"""What a feed shows of the time before its search was saved: matches on the topics of articles."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from streams.alerts.backtest import backtest
from streams.errors import BrokerError
from streams.records import Subscription
from streams.route.query.errors import QuerySyntaxError
from streams.serve.alerts.log import LATEST
from streams.serve.feeds.formats import FeedItem
from streams.settings import Settings

READ_SECONDS: Final = 30.0
"""Time limit for reading the articles, the same as of a backtest over HTTP."""

WAIT_SECONDS: Final = 8.0
"""How long a reader waits for it; many give up after 10 s, and ask again later."""

REMEMBERED: Final = 100
"""Number of searches whose matches are remembered, 100 KB each."""

Find = Callable[[Subscription], Awaitable[list[FeedItem]]]
"""Returns the matches of a search, the oldest first."""


class Backfill:
    """Finds the matches of a search once, and remembers the latest ones.

    One search is worked on at a time. A search that takes too long, or fails, has none.

    Args:
        find: Finds the matches, see `find_matches`.
        wait_seconds: How long `items` waits.
    """

    def __init__(self, find: Find, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._find = find
        self._wait_seconds = wait_seconds
        self._one_at_a_time = asyncio.Lock()
        self._tasks: OrderedDict[tuple[str, str], asyncio.Task[list[FeedItem]]] = OrderedDict()

    async def items(self, subscription: Subscription) -> list[FeedItem]:
        """Return the latest matches of a search, the oldest first; none if not known in time."""
        key = (subscription.id, subscription.query)
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(self._run(subscription))
            if len(self._tasks) > REMEMBERED:
                self._tasks.popitem(last=False)[1].cancel()
        done, _ = await asyncio.wait([task], timeout=self._wait_seconds)
        return task.result() if done and not task.cancelled() else []

    async def _run(self, subscription: Subscription) -> list[FeedItem]:
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(READ_SECONDS):
                    return (await self._find(subscription))[-LATEST:]
            except (TimeoutError, BrokerError, QuerySyntaxError):
                return []


def find_matches(settings: Settings) -> Find:
    """Return a function that finds the matches of a search on the topics of articles."""

    async def find(subscription: Subscription) -> list[FeedItem]:
        result = await backtest(settings, subscription)
        return [FeedItem(hit.alert, hit.time) for hit in result.hits]

    return find
