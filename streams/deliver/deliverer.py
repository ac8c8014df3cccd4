"""Run one deliverer: read alerts, write the ledger, run the delivery queues until it is stopped."""

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
from streams.kafka.partition_watch import PartitionWatch
from streams.records.topics import ALERTS
from streams.runtime.background import until_first_ends
from streams.settings import Settings

log = structlog.get_logger()

GROUP: Final = "news-deliver"
"""The consumer group. It never changes: another group would deliver all alerts again."""

LEASE: Final = timedelta(seconds=30)
"""How long another deliverer waits for the partitions of a dead one; the same as its session."""

RENEW_EVERY: Final = 10.0
LOOK_EVERY: Final = 2.0
"""Seconds between checks for changes other than alerts: saved searches, channels, resends."""

SWEEP_EVERY: Final = timedelta(hours=1)
STOP_SECONDS: Final = 4.0
"""Time for in-flight sends at shutdown: `streams run` waits 6 s."""

BATCH: Final = 500
"""Maximum number of alerts in one transaction of the ledger."""


class Deliverer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Delivers the alerts of its assigned partitions.

    **Delivery.** At-least-once: an alert's offset is committed when the ledger has it, and a
    message is marked as sent when its receiver has accepted it. A deliverer that dies between the
    two sends the message again under the same id, before any later message of the same queue.

    Args:
        settings: Settings with a broker.
        instance: Name of this process. The same name after a restart gets its partitions back in
            seconds.
    """

    def __init__(self, settings: Settings, *, instance: str = "") -> None:
        self.settings = settings
        self.instance = instance
        self.owner = f"{instance or os.getpid()}@{socket.gethostname()}"
        self.metrics = DeliverMetrics()
        self.ready = False
        self.partitions: frozenset[int] = frozenset()
        self._lag = 0
        self._watch = PartitionWatch(lambda: self._client, settings=settings)
        self._assigned = asyncio.Event()
        self._changing = asyncio.Lock()
        self._expired = datetime.min.replace(tzinfo=UTC)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until ``stop`` is set.

        Raises:
            NewsStreamsError: If broker or ledger fail, or another deliverer takes the partitions.
        """
        # E-mail, apprise and name resolution block threads; a slow one must not starve the others.
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
            self._context = DeliveryContext(
                ledger=self._ledger,
                table=self._table,
                channels=self._channels,
                targets=self._targets,
                runner=AttemptRunner(senders, self.metrics),
                pauses=await self._ledger.pauses(),
            )
            self._queues = Dispatcher(self._context)
            self._client: AIOKafkaConsumer = await stack.enter_async_context(
                consumer(self.settings, group=GROUP, **self._membership())
            )
            self._client.subscribe([physical_name(self.settings, ALERTS.name)], listener=self)
            try:
                await self._work(stop)
                await self._release()
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
        await until_first_ends(
            stop.wait(),
            self._read_alerts(),
            self._poll_changes(),
            self._queues.failed,
            self._watch.keep_watching(),
        )

    # Alerts

    async def _read_alerts(self) -> None:
        """Read alerts, write them to the ledger, commit, and wake their delivery queues."""
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
        assigned = self._client.assignment()
        batches = {at: batch for at, batch in batches.items() if at in assigned}
        messages = [message for batch in batches.values() for message in batch]
        self._queues.wake_subscriptions(await self._table.refresh())
        deliveries = list(plan_deliveries(messages, self._table, now=datetime.now(UTC)))
        await self._ledger.add(deliveries)
        self.metrics.alerts.inc(len(messages))
        offsets = {at: batch[-1].offset + 1 for at, batch in batches.items() if batch}
        # The new owner of a partition lost in a rebalance reads its alerts again; the ledger
        # already has them.
        with suppress(KafkaError, IllegalStateError):
            await self._client.commit(offsets)
        self._queues.wake({delivery.queue_key for delivery in deliveries})

    # Changes other than alerts

    async def _poll_changes(self) -> None:
        renewed = 0.0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            async with self._changing:
                if self.partitions and loop.time() - renewed > RENEW_EVERY:
                    await self._claim(self.partitions)
                    renewed = loop.time()
                await self._apply_changes()

    async def _apply_changes(self) -> None:
        changed = await self._table.refresh()
        self._context.pauses.clear()
        self._context.pauses.update(await self._ledger.pauses())
        for queue_key, (since, _) in list(self._context.pauses.items()):
            saved = self._table.changed(queue_key.subscription_id)
            if saved is not None and saved > since:
                await self._ledger.unpause(queue_key)
                del self._context.pauses[queue_key]
        self._queues.wake_subscriptions(changed)
        if self._channels.refresh():
            self._queues.wake_all()
        if self.partitions:
            self._queues.wake_idle(await self._ledger.open_queues(self.partitions))
        await self._measure()

    async def _measure(self) -> None:
        now = datetime.now(UTC)
        if now - self._expired > SWEEP_EVERY:
            self._expired = now
            days = self.settings.ledger_days
            n_rows = await self._ledger.delete_before(now - timedelta(days=days))
            log.info("expired ledger rows deleted", rows=n_rows, days=days)
        self.metrics.open.set(await self._ledger.n_open())
        self.metrics.queues.set(len(self._queues))
        self.metrics.targets_open.set(self._targets.n_open)
        await self._measure_lag()

    async def _measure_lag(self) -> None:
        lag = 0
        # A rebalance may take a partition in between; `last_stable_offset` then fails an assertion.
        with suppress(IllegalStateError, AssertionError):
            for partition in self._client.assignment():
                end = self._client.last_stable_offset(partition) or 0
                lag += max(0, end - await self._client.position(partition))
        self._lag = lag + self._watch.unread.n_records

    # Rebalances

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Stop before other deliverers start."""
        try:
            if revoked:
                await self._release()
        except Exception as error:  # noqa: BLE001  # aiokafka would only log it
            self._queues.fail(error)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Deliver the open rows of these partitions in the ledger."""
        try:
            await self._take_over(frozenset(each.partition for each in assigned))
        except Exception as error:  # noqa: BLE001  # aiokafka would only log it
            self._queues.fail(error)

    async def _take_over(self, partitions: frozenset[int]) -> None:
        while partitions and not await self._claim(partitions):
            log.warning("partitions claimed by another deliverer")
            await asyncio.sleep(1)
        async with self._changing:
            self.partitions = partitions
            self._queues.wake(await self._ledger.open_queues(partitions) if partitions else ())
            self._assigned.set()
            self._watch.reset()
            self.ready = True
        log.info("ready", instance=self.instance, partitions=len(partitions))

    async def _claim(self, partitions: Collection[int]) -> bool:
        now = datetime.now(UTC)
        return await self._ledger.claim(self.owner, partitions, now=now, lease=LEASE)

    async def _release(self) -> None:
        self.ready = False
        self._assigned.clear()
        async with self._changing:
            await self._queues.stop(within_seconds=STOP_SECONDS)
            await self._ledger.release()
            self.partitions = frozenset()

    def health(self) -> dict[str, object]:
        """Return the state of this deliverer, for `/health`."""
        return {
            "stage": "deliver",
            "instance": self.instance,
            "ready": self.ready,
            "partitions": len(self.partitions),
            "lanes": len(self._queues) if self.ready else 0,
            "lag": self._lag,
            "delivered": self.metrics.n_sent(),
            "unassigned": self._watch.unread.names,
            "problem": self._watch.unread.problem,
        }
