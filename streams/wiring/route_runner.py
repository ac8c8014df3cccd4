"""How `route` is run: in place, by rules that are taken over anew when their file changes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from schemas.topics import Topic, routed_topic
from streams.errors import BrokerError, UsageError
from streams.kafka.topics import create_topics
from streams.route.rules import Rule
from streams.route_file import WatchedRoutes, route_file
from streams.settings import Settings
from streams.steps.message import Message, Result
from streams.steps.route import route_step

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=1)
"""How often the file of rules is read: a changed one is in force within seconds."""


class RouteRunner:
    """Runs `route` in place, in the order of the messages.

    **Delivery.** Rules change between two messages. What was sent by the former rules and is not
    acknowledged yet may come again and is then routed by the new ones.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        create: Callable[[Settings, Iterable[Topic]], Awaitable[Any]] = create_topics,
        look_every: timedelta = LOOK_EVERY,
    ) -> None:
        """Read the rules.

        Args:
            settings: With a broker.
            create: Creates the topics that are missing.
            look_every: How often the file of rules is read.

        Raises:
            UsageError: If the rules cannot be used.
        """
        self._settings = settings
        self._create = create
        self._look_every = look_every.total_seconds()
        self._routes = WatchedRoutes(settings.routes)
        self._step = route_step(self._routes.rules)
        self._pending: tuple[Rule, ...] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Begin to watch the file of rules."""
        if self._watching is None:
            self._watching = asyncio.ensure_future(self._watch())

    async def assigned(self) -> None:
        """Nothing to do: the rules are the same for all partitions."""

    async def start(self, message: Message) -> "asyncio.Future[Result]":
        """Run the step at once.

        Raises:
            Exception: What ended the watching, if something did.
        """
        if self._watching is not None and self._watching.done():
            self._watching.result()
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        result.set_result(self._step(message, datetime.now(UTC)))
        return result

    def remembered(self) -> int:
        """Nothing."""
        return 0

    def stop(self) -> None:
        """End the watching."""
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._look_every)
            await self._look()

    async def _look(self) -> None:
        try:
            self._pending = self._routes.renewed() or self._pending
        except UsageError as error:
            log.critical("rules not taken over; the former ones stay in force", problem=str(error))
            return
        if self._pending is None:
            return
        names = [rule.name for rule in self._pending]
        try:
            # First, since a record for a topic that is not there would stop the stage.
            await self._create(self._settings, [routed_topic(name) for name in names])
        except BrokerError as error:
            log.warning("rules not taken over yet", problem=str(error))
            return
        self._step, self._pending = route_step(self._pending), None
        log.info("rules taken over", file=route_file(self._settings.routes), routes=names)
