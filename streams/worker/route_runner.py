"""Run `route` in the worker, with rules and saved searches that change while it runs."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog

from streams.config.routes import route_file, watched_routes
from streams.errors import BrokerError, UsageError
from streams.kafka.decoding import key_text, read_record
from streams.kafka.table import follow_table
from streams.kafka.topics import create_topics
from streams.processors.message import Message, Result
from streams.processors.route import route_processor
from streams.records import Subscription
from streams.records.topics import SUBSCRIPTIONS, Topic, routed_topic
from streams.route.rules import Rule
from streams.route.saved_searches import MAX_ALERTS_OF_OWNER, ActiveSearches
from streams.settings import Settings

log = structlog.get_logger()

WITHHELD_SECONDS = 60.0
"""How often the log names the owners of withheld alerts."""

CHECK_INTERVAL = timedelta(seconds=1)
"""How often the file of rules is checked: a change is in force within seconds."""

FOLLOW = partial(follow_table, longest_wait_ms=5000)
"""The saved searches are in one partition, so a request twice a second would bring nothing."""


class RouteRunner:
    """Runs `route` in the worker, in the order of the messages.

    **Delivery.** It decides nothing before it has read all saved searches. Rules and searches
    change between two messages: a message that was decided by the former ones and is not
    acknowledged may be redelivered and is then decided by the new ones.

    Args:
        settings: Settings that name a broker.
        create: Creates missing topics.
        follow: Reads a table and then its changes.
        check_interval: How often the file of rules is checked.

    Raises:
        UsageError: If the rules cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        create: Callable[[Settings, Iterable[Topic]], Awaitable[Any]] = create_topics,
        follow: Callable[..., AsyncGenerator[Any, None]] = FOLLOW,
        check_interval: timedelta = CHECK_INTERVAL,
    ) -> None:
        self._settings = settings
        self._create = create
        self._follow = follow
        self._check_seconds = check_interval.total_seconds()
        self._routes = watched_routes(settings.routes)
        self._searches = ActiveSearches()
        self._processor = route_processor(self._routes.value, self._searches)
        self._names = [rule.name for rule in self._routes.value]
        self._pending: tuple[Rule, ...] | None = None
        self._n_withheld = 0
        self._next_note = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._caught_up = asyncio.Event()

    async def ready(self) -> None:
        """Read the saved searches; from then on follow them and the file of rules.

        Raises:
            BrokerError: If they cannot be read.
        """
        if not self._tasks:
            tasks = (self._follow_searches(), self._watch_rules())
            self._tasks = [asyncio.ensure_future(task) for task in tasks]
        await self._wait_for_searches()

    async def assigned(self) -> None:
        """Do nothing: rules and searches are the same for all partitions."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Run the processor, once the saved searches are read.

        Raises:
            Exception: The error that ended following the searches or the rules.
        """
        await self._wait_for_searches()
        for task in self._tasks:
            if task.done():
                task.result()
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        result.set_result(self._processor(message, datetime.now(UTC)))
        self._note_withheld()
        return result

    def remembered(self) -> int:
        """Return the number of saved searches in force."""
        return len(self._searches)

    def problem(self) -> str:
        """Return why the current file of rules is not in force; empty if it is."""
        return self._routes.problem

    def figures(self) -> dict[str, float]:
        """Return the number of alerts that the limit of their owner withheld, by metric name."""
        withheld = self._n_withheld + self._searches.withheld.total()
        return {"news_alerts_withheld": withheld}

    def stop(self) -> None:
        """Stop following searches and rules."""
        for task in self._tasks:
            task.cancel()

    def _note_withheld(self) -> None:
        """Name the owners of withheld alerts in the log, once in a while."""
        withheld = self._searches.withheld
        now = asyncio.get_running_loop().time()
        if not withheld or now < self._next_note:
            return
        self._next_note = now + WITHHELD_SECONDS
        for owner, n_alerts in withheld.most_common():
            log.warning(
                "alerts withheld",
                owner=owner,
                alerts=n_alerts,
                limit_an_article=MAX_ALERTS_OF_OWNER,
            )
        self._n_withheld += withheld.total()
        withheld.clear()

    async def _wait_for_searches(self) -> None:
        while not self._caught_up.is_set():
            if any(task.done() for task in self._tasks):
                return  # `start` raises its error
            await asyncio.sleep(0.01)

    async def _follow_searches(self) -> None:
        table = self._follow(self._settings, SUBSCRIPTIONS.name, caught_up=self._caught_up.set)
        async for message in table:
            name = key_text(message)
            search = read_record(message, Subscription)
            if search is None:
                self._searches.remove(name)
                continue
            try:
                self._searches.put(search)
            except UsageError as error:
                self._searches.remove(name)
                log.warning("saved search not in force", subscription=name, problem=str(error))

    async def _watch_rules(self) -> None:
        while True:
            await asyncio.sleep(self._check_seconds)
            await self._reload_rules()

    async def _reload_rules(self) -> None:
        if self._routes.refresh():
            self._pending = self._routes.value
        if self._pending is None:
            return
        names = [rule.name for rule in self._pending]
        retired = [name for name in self._names if name not in names]
        try:
            # First, because a record for a missing topic would stop the stage.
            await self._create(self._settings, [routed_topic(name) for name in names])
        except BrokerError as error:
            log.warning("rules reload delayed", problem=str(error))
            return
        self._processor, self._pending = route_processor(self._pending, self._searches), None
        self._names = names
        # The topics of retired routes stay until `streams topics prune`.
        file = route_file(self._settings.routes)
        log.info("rules reloaded", file=file, routes=names, retired=retired)


def build_runner(settings: Settings, _on_progress: Callable[[], None]) -> RouteRunner:
    """Build the runner of the stage.

    Raises:
        UsageError: If the rules cannot be used.
    """
    return RouteRunner(settings)
