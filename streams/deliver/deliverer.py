"""Run one deliverer: read alerts, write the ledger, run the delivery queues until it is stopped."""

import asyncio
import os
import socket
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError
from sqlalchemy.exc import SQLAlchemyError

from streams.alerts.policy import CLOCK_SKEW, HOUR
from streams.alerts.store import SubscriptionTable, open_table
from streams.alerts.templates.process import TemplateProcess
from streams.config.channels_file import watched_channels
from streams.deliver.attempt import AttemptRunner
from streams.deliver.channels.registry import open_channels
from streams.deliver.concurrency import AT_A_TIME, TargetLimits
from streams.deliver.delivery_queue import DeliveryContext
from streams.deliver.dispatcher import Dispatcher
from streams.deliver.fan_out import plan_deliveries
from streams.deliver.ledger.ledger import Ledger
from streams.deliver.ledger.open import open_ledger
from streams.deliver.ledger.position import starting_offset
from streams.deliver.metrics import DeliverMetrics
from streams.deliver.retry import DEADLINE
from streams.errors import BrokerError, NewsStreamsError
from streams.kafka.bound_positions import positions_of
from streams.kafka.connection import consumer, physical_name
from streams.kafka.errors import describe_error
from streams.kafka.partition_watch import PartitionWatch
from streams.kafka.topic_watch import TopicWatch
from streams.records.topics import ALERTS
from streams.runtime.background import until_first_ends
from streams.settings import Settings
from streams.text.plural import plural

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


def is_pause_over(since: datetime, saved: datetime | None, *, now: datetime) -> bool:
    """Return whether a queue is resumed whose receiver was gone: its search was saved since.

    A pause that begins in the future was written by a clock that was ahead: no search is saved
    after it. Such a queue tries once more, and is paused again if the receiver is still gone.

    Args:
        since: Begin of the pause.
        saved: When the search was saved last; None if unknown.
        now: Current time.
    """
    return since > now + CLOCK_SKEW or (saved is not None and saved > since)


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
        self._watch = PartitionWatch(
            lambda: self._client,
            settings=settings,
            topics=TopicWatch([physical_name(settings, ALERTS.name)]),
        )
        self._n_assignments = 0
        self._n_in_future = 0
        self._is_ledger_lost = False
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
            self._is_ledger_empty = await self._ledger.is_empty()
            self._table: SubscriptionTable = await stack.enter_async_context(
                open_table(self.settings)
            )
            senders = await stack.enter_async_context(open_channels(self.settings))
            templates = stack.enter_context(TemplateProcess())
            self._channels = watched_channels(self.settings.channels)
            self._targets = TargetLimits()
            self._context = DeliveryContext(
                ledger=self._ledger,
                table=self._table,
                channels=self._channels,
                targets=self._targets,
                runner=AttemptRunner(senders, self.metrics, templates),
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
            self._check_topic()
            try:
                batches = await self._client.getmany(timeout_ms=500, max_records=BATCH)
            except KafkaError as error:
                raise BrokerError(f"reading {ALERTS.name}: {describe_error(error)}") from error
            if not batches:
                continue
            n_assignments = self._n_assignments
            await self._assigned.wait()
            async with self._changing:
                # Fetched before the partitions were assigned: they are read again from the
                # position of the ledger.
                if n_assignments == self._n_assignments:
                    await self._write(batches)

    def _check_topic(self) -> None:
        """End if the topic was created again: this process has the positions of the old one.

        Raises:
            BrokerError: If so, or if the topic is missing for long.
        """
        topics = self._watch.topics
        if topics.recreated or topics.has_waited_in_vain(is_idle_in_vain=False):
            raise BrokerError(f"reading {ALERTS.name}: {topics.problem}")

    async def _write(self, batches: dict[TopicPartition, list[Any]]) -> None:
        assigned = self._client.assignment()
        batches = {at: batch for at, batch in batches.items() if at in assigned}
        messages = [message for batch in batches.values() for message in batch]
        self._queues.wake_subscriptions(await self._table.refresh())
        deliveries = list(plan_deliveries(messages, self._table, now=datetime.now(UTC)))
        offsets = {at: batch[-1].offset + 1 for at, batch in batches.items() if batch}
        # Requested together, so that they share a transaction; in this order, if they do not.
        await asyncio.gather(
            self._ledger.add(deliveries),
            self._ledger.save_positions(
                self._topic_id, {at.partition: offset for at, offset in offsets.items()}
            ),
        )
        self.metrics.alerts.inc(len(messages))
        # The new owner of a partition lost in a rebalance reads its alerts again; the ledger
        # already has them.
        with suppress(KafkaError, IllegalStateError):
            await self._client.commit(offsets)
        self._queues.wake({delivery.queue_key for delivery in deliveries})

    @property
    def _topic_id(self) -> str:
        return positions_of(self._client).ids.get(physical_name(self.settings, ALERTS.name), "")

    async def _seek_to_ledger(self, partitions: Collection[int]) -> None:
        """Begin each partition where the ledger ends, not where Kafka thinks that it does."""
        topic = physical_name(self.settings, ALERTS.name)
        places = [TopicPartition(topic, number) for number in sorted(partitions)]
        positions = await self._ledger.positions()
        committed = {place: await self._client.committed(place) for place in places}
        firsts = await self._client.beginning_offsets(places)
        recent = await self._recent_offsets(committed)
        starts = {
            place: starting_offset(
                positions.get(place.partition),
                committed[place],
                topic_id=self._topic_id,
                first=firsts[place],
                recent=recent.get(place),
            )
            for place in places
        }
        # Nothing is awaited between these: what was fetched before the seeks is recognized.
        self._n_assignments += 1
        for place, start in starts.items():
            self._client.seek(place, start)
        again = {
            place.partition: committed[place] - start
            for place, start in starts.items()
            if committed[place] is not None and start < committed[place]
        }
        if again:
            log.warning("alerts read again, ledger is behind Kafka", alerts=sum(again.values()))
        await self._ledger.save_positions(
            self._topic_id, {place.partition: start for place, start in starts.items()}
        )

    async def _recent_offsets(
        self, committed: Mapping[TopicPartition, int | None]
    ) -> dict[TopicPartition, int]:
        """Return where the alerts begin that a lost ledger may not have delivered; else nothing.

        An alert that was tried is given up after `DEADLINE`. Alerts that waited longer without an
        attempt, as for a paused search, are not found again.
        """
        behind = [place for place, offset in committed.items() if offset]
        if not self._is_ledger_empty or not behind:
            return {}
        self._is_ledger_lost = True
        log.critical("ledger empty, reading recent alerts again", hours=DEADLINE // HOUR)
        since = int((datetime.now(UTC) - DEADLINE).timestamp() * 1000)
        found = await self._client.offsets_for_times(dict.fromkeys(behind, since))
        return {place: at.offset for place, at in found.items() if at is not None}

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
            if is_pause_over(since, saved, now=datetime.now(UTC)):
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
        self._n_in_future = await self._ledger.n_in_future(now)
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
            if partitions:
                await self._seek_to_ledger(partitions)
                self._is_ledger_empty = False
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
            "ready": self.ready and not self._watch.topics.problem,
            "partitions": len(self.partitions),
            "lanes": len(self._queues) if self.ready else 0,
            "lag": self._lag,
            "delivered": self.metrics.n_sent(),
            "unassigned": self._watch.unread.names,
            "problem": self._problem,
        }

    @property
    def _problem(self) -> str:
        """What a person should know, in one sentence; empty if nothing."""
        problem = self._watch.topics.problem or self._watch.unread.problem
        if problem:
            return problem
        if self._is_ledger_lost:
            return (
                "the ledger was empty at the start although alerts had been accepted; those of the "
                f"last {DEADLINE // HOUR} hours were read again"
            )
        if self._n_in_future:
            return (
                f"{plural(self._n_in_future, 'delivery', 'deliveries')} ended in the future: the "
                "clock of a machine is, or was, ahead"
            )
        return ""
