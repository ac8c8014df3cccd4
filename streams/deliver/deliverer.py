"""One deliverer: reads alerts, keeps the ledger, runs its lanes; ends by a signal or a fault."""

import asyncio
import os
import socket
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError
from sqlalchemy.exc import SQLAlchemyError

from streams.alerts.store import SubscriptionTable, open_table
from streams.config.channels_file import watched_channels
from streams.deliver.attempt import AttemptRunner
from streams.deliver.channels.registry import open_channels
from streams.deliver.concurrency import AT_A_TIME, TargetLimits
from streams.deliver.delivery_queue import DeliveryContext
from streams.deliver.dispatcher import Dispatcher
from streams.deliver.fan_out import plan_deliveries
from streams.deliver.ledger.ledger import Ledger
from streams.deliver.ledger.open import open_ledger
from streams.deliver.metrics import DeliverMetrics
from streams.errors import BrokerError, NewsStreamsError
from streams.kafka.connection import consumer, physical_name
from streams.kafka.errors import describe_error
from streams.records.topics import ALERTS
from streams.runtime.background import until_first_ends
from streams.settings import Settings

log = structlog.get_logger()

GROUP: Final = "news-deliver"
"""The consumer group, fixed for ever: another would deliver everything again."""

LEASE: Final = timedelta(seconds=30)
"""How long the rows of a dead deliverer's partitions wait for another one; as its session."""

RENEW_EVERY: Final = 10.0
LOOK_EVERY: Final = 2.0
"""Seconds between looks for what changed without an alert: subscriptions, channels, resends."""

SWEEP_EVERY: Final = timedelta(hours=1)
STOP_SECONDS: Final = 4.0
"""For what is being sent when we are to stop: `streams run` waits 6 s."""

BATCH: Final = 500
"""Alerts that become one transaction of the ledger."""


class Deliverer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Delivers the alerts of the partitions that it is given.

    **Delivery.** At-least-once: an alert's position is committed when the ledger has it, and a
    message is marked as sent when its receiver has accepted it. Whoever dies between the two
    sends it again under the same id, and nothing that came behind it before that.
    """

    def __init__(self, settings: Settings, *, instance: str = "") -> None:
        """Plan it; nothing is opened yet.

        Args:
            settings: With a broker.
            instance: Name of this process, the same after a restart: it is back in seconds.
        """
        self.settings = settings
        self.instance = instance
        self.owner = f"{instance or os.getpid()}@{socket.gethostname()}"
        self.metrics = DeliverMetrics()
        self.ready = False
        self.partitions: frozenset[int] = frozenset()
        self._lag = 0
        self._assigned = asyncio.Event()
        self._changing = asyncio.Lock()
        self._swept = datetime.min.replace(tzinfo=UTC)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until ``stop`` is set.

        Raises:
            NewsStreamsError: If broker or ledger are gone or taken by another deliverer.
        """
        # Mail, apprise and names are waited for in threads; a slow one takes none from the others.
        pool = ThreadPoolExecutor(2 * AT_A_TIME, "deliver")
        asyncio.get_running_loop().set_default_executor(pool)
        async with AsyncExitStack() as stack:
            self._ledger: Ledger = await stack.enter_async_context(open_ledger(self.settings))
            self._table: SubscriptionTable = await stack.enter_async_context(
                open_table(self.settings)
            )
            senders = await stack.enter_async_context(open_channels(self.settings))
            self._channels = watched_channels(self.settings.channels)
            self._targets = TargetLimits()
            self._around = DeliveryContext(
                ledger=self._ledger,
                table=self._table,
                channels=self._channels,
                targets=self._targets,
                sendings=AttemptRunner(senders, self.metrics),
                pauses=await self._ledger.pauses(),
            )
            self._lanes = Dispatcher(self._around)
            self._client: AIOKafkaConsumer = await stack.enter_async_context(
                consumer(self.settings, group=GROUP, **self._membership())
            )
            self._client.subscribe([physical_name(self.settings, ALERTS.name)], listener=self)
            try:
                await self._work(stop)
                await self._let_go()
            except SQLAlchemyError as error:
                reason = str(getattr(error, "orig", None) or type(error).__name__)
                raise NewsStreamsError(f"the ledger cannot be used any more: {reason}") from error

    def _membership(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "session_timeout_ms": int(self.settings.session_seconds * 1000),
            "heartbeat_interval_ms": int(self.settings.session_seconds * 100),
            "max_poll_interval_ms": 600_000,
        }
        if self.instance:
            options["group_instance_id"] = f"deliver-{self.instance}"
        return options

    async def _work(self, stop: asyncio.Event) -> None:
        await until_first_ends(stop.wait(), self._take(), self._look(), self._lanes.broken)

    # Alerts come in

    async def _take(self) -> None:
        """Read alerts, write them down, commit, wake their lanes."""
        while True:
            try:
                batches = await self._client.getmany(timeout_ms=500, max_records=BATCH)
            except KafkaError as error:
                raise BrokerError(f"reading {ALERTS.name}: {describe_error(error)}") from error
            if not batches:
                continue
            await self._assigned.wait()
            async with self._changing:
                await self._write(batches)

    async def _write(self, batches: dict[TopicPartition, list[Any]]) -> None:
        mine = self._client.assignment()
        batches = {place: found for place, found in batches.items() if place in mine}
        messages = [message for found in batches.values() for message in found]
        self._lanes.wake_those_of(await self._table.refresh())
        new = list(plan_deliveries(messages, self._table, now=datetime.now(UTC)))
        await self._ledger.add(new)
        self.metrics.alerts.inc(len(messages))
        offsets = {place: found[-1].offset + 1 for place, found in batches.items() if found}
        # What a rebalance took from us meanwhile, another one reads again and has already.
        with suppress(KafkaError, IllegalStateError):
            await self._client.commit(offsets)
        self._lanes.wake({one.lane for one in new})

    # What changes without an alert

    async def _look(self) -> None:
        renewed = 0.0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            async with self._changing:
                if self.partitions and loop.time() - renewed > RENEW_EVERY:
                    await self._claim(self.partitions)
                    renewed = loop.time()
                await self._see_changes()

    async def _see_changes(self) -> None:
        changed = await self._table.refresh()
        self._around.pauses.clear()
        self._around.pauses.update(await self._ledger.pauses())
        for lane, (since, _) in list(self._around.pauses.items()):
            saved = self._table.changed(lane.subscription_id)
            if saved is not None and saved > since:
                await self._ledger.unpause(lane)
                del self._around.pauses[lane]
        self._lanes.wake_those_of(changed)
        if self._channels.refresh():
            self._lanes.wake_all()
        if self.partitions:
            self._lanes.wake_idle(await self._ledger.open_lanes(self.partitions))
        await self._measure()

    async def _measure(self) -> None:
        now = datetime.now(UTC)
        if now - self._swept > SWEEP_EVERY:
            self._swept = now
            gone = await self._ledger.sweep(before=now - timedelta(days=self.settings.ledger_days))
            log.info("swept", forgotten=gone, days=self.settings.ledger_days)
        self.metrics.open.set(await self._ledger.n_open())
        self.metrics.lanes.set(len(self._lanes))
        self.metrics.targets_open.set(self._targets.n_open)
        await self._measure_lag()

    async def _measure_lag(self) -> None:
        lag = 0
        with suppress(IllegalStateError):  # a rebalance took one meanwhile
            for place in self._client.assignment():
                end = self._client.highwater(place) or 0
                lag += max(0, end - await self._client.position(place))
        self._lag = lag

    # Partitions come and go

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Stop before others start."""
        try:
            if revoked:
                await self._let_go()
        except Exception as error:  # noqa: BLE001  # the same
            self._lanes.break_by(error)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Take over what lies in the ledger for these partitions."""
        try:
            await self._take_over(frozenset(place.partition for place in assigned))
        except Exception as error:  # noqa: BLE001  # aiokafka would only log it
            self._lanes.break_by(error)

    async def _take_over(self, partitions: frozenset[int]) -> None:
        while partitions and not await self._claim(partitions):
            log.warning("waiting for another deliverer's claim to end")
            await asyncio.sleep(1)
        async with self._changing:
            self.partitions = partitions
            self._lanes.wake(await self._ledger.open_lanes(partitions) if partitions else ())
            self._assigned.set()
            self.ready = True
        log.info("ready", instance=self.instance, partitions=len(partitions))

    async def _claim(self, partitions: Collection[int]) -> bool:
        now = datetime.now(UTC)
        return await self._ledger.claim(self.owner, partitions, now=now, lease=LEASE)

    async def _let_go(self) -> None:
        self.ready = False
        self._assigned.clear()
        async with self._changing:
            await self._lanes.stop(within_seconds=STOP_SECONDS)
            await self._ledger.release()
            self.partitions = frozenset()

    def health(self) -> dict[str, object]:
        """Tell the state of this deliverer, for `/health`."""
        return {
            "stage": "deliver",
            "instance": self.instance,
            "ready": self.ready,
            "partitions": len(self.partitions),
            "lanes": len(self._lanes) if self.ready else 0,
            "lag": self._lag,
            "delivered": self.metrics.n_sent(),
        }
