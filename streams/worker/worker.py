"""One process of one stage: Faust reads, the runner works, results are sent and acknowledged."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from enum import IntEnum
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.errors import BrokerError
from streams.kafka.bound_positions import positions_of
from streams.kafka.connection import check_connection, logical_name, physical_name
from streams.kafka.coverage import STABLE
from streams.kafka.decoding import headers_of
from streams.kafka.partition_watch import PartitionWatch
from streams.kafka.read import holds_records
from streams.kafka.topic_watch import TopicWatch
from streams.processors.message import Message, Result
from streams.records import TAKEN_HEADER
from streams.records.sender import RecordSender, sender_of_message
from streams.runtime.health_server import http_server
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.app import create_app
from streams.worker.fair_queue import Ticket
from streams.worker.lag import LagMeter
from streams.worker.metrics import StageMetrics
from streams.worker.reject_guard import RejectGuard
from streams.worker.runners import Runner, runner_for
from streams.worker.window import slide_window

log = structlog.get_logger()

STOP_SECONDS = 5.0
"""Time limit of a stop; messages not acknowledged by then are redelivered. `streams run` waits 6 s
for it."""

MEASURE_SECONDS = 1.0
"""How often lag is measured."""

ALARM_SECONDS = 60.0
"""How often a large share of rejected records is logged."""

BAD_WEIGHT = 0.1
"""Share of a source most of whose latest records were rejected, relative to other sources: it is
slowed down while others wait (this project's choice)."""

CHECK_SECONDS = 0.5
"""How often the worker checks whether the app has crashed; a stop is noticed at once."""


class Exit(IntEnum):
    """Exit code of a worker."""

    STOPPED = 0
    CRASHED = 1
    """Infrastructure failed; the records are redelivered."""
    TOO_MANY_REJECTED = 4
    """Not used since 0.1: bad input is the fault of its source and ends no stage."""
    STALLED = 5
    """There was lag and nothing was delivered."""


class Worker:
    """Runs one stage until it is stopped, crashes or stalls.

    Creating a worker connects to nothing.

    Args:
        stage: Stage to run.
        settings: Settings that name a broker.
        instance: Name of this process within the stage.
        runner: Works on the messages; defaults to the stage's own runner.
    """

    def __init__(
        self,
        stage: Stage,
        settings: Settings,
        *,
        instance: str = "",
        runner: Runner | None = None,
    ) -> None:
        self.stage = stage
        self.settings = settings
        self.instance = instance
        self.metrics = StageMetrics(stage.name)
        self.app = create_app(stage, settings, instance=instance)
        self.meter = LagMeter(self.app, holds_records=self._holds_records)
        names = [topic.name for topic, _ in stage.reads] + [topic.name for topic in stage.tables]
        self.watch = PartitionWatch(
            self._consumer,
            run=self._run_in_consumer,
            settings=settings,
            topics=TopicWatch([physical_name(settings, name) for name in names]),
        )
        self._next_offset: dict[Any, int] = {}
        self._checking: asyncio.Future[None] | None = None
        self.guard = RejectGuard(settings.reject_share)
        self.runner = runner or runner_for(stage, settings, self.meter.progressed)
        self.ending: Exit | None = None
        self._to_end = asyncio.Event()
        self.ready = False
        self._alarm_at = 0.0
        self.delivered = 0
        self.in_flight = 0
        self._attach()

    def _attach(self) -> None:
        topics = [physical_name(self.settings, topic.name) for topic, _ in self.stage.reads]
        source = self.app.topic(
            *topics,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            allow_empty=True,
        )

        async def agent(stream: Any) -> None:
            await slide_window(
                stream,
                self._start,
                self._finish,
                limit=self.settings.window,
                age=age_of,
                ticket=self._arrive,
            )

        self.app.agent(source, name=f"{self.stage.name}-agent")(agent)
        # A strong reference: Faust's signals hold their receivers weakly.
        self._on_assigned = self._prepare_partitions
        self.app.on_partitions_assigned.connect(self._on_assigned)

    def _consumer(self) -> AIOKafkaConsumer | None:
        """Return the consumer in Faust's thread; None while it is not started."""
        thread = getattr(getattr(self.app, "consumer", None), "_thread", None)
        return getattr(thread, "_consumer", None)

    async def _run_in_consumer(self, function: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run a function in the event loop of Faust's thread."""
        loop = self.app.consumer._thread.thread_loop  # noqa: SLF001  # Faust has no public way
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(function(), loop))

    async def _holds_records(self, partition: Any, first: int, end: int) -> bool:
        place = TopicPartition(partition.topic, partition.partition)
        try:
            return await holds_records(self.settings, place, first, end)
        except BrokerError:
            return True  # unknown: better a restart too many than a record that is not processed

    async def _prepare_partitions(self, _app: Any, assigned: set[Any], **_kwargs: Any) -> None:
        self.meter.assigned(assigned)
        self.watch.reset()
        self._next_offset.clear()
        self.ready = False
        self._getting_ready = asyncio.ensure_future(self._get_ready())

    async def _get_ready(self) -> None:
        started = time.monotonic()
        try:
            await self.runner.ready()
            if self.meter.assignment:
                await self.watch.check_topics()
                await self.runner.assigned()
        except asyncio.CancelledError:
            return
        except Exception as error:
            await self.app.crash(error)
            raise
        self.ready = True
        self.meter.progressed()
        log.info(
            "ready",
            stage=self.stage.name,
            instance=self.instance,
            partitions=len(self.meter.assignment),
            remembered=self.runner.remembered(),
            seconds=round(time.monotonic() - started, 2),
        )
        if not self.meter.assignment:
            log.warning("idle, no partition left", stage=self.stage.name, instance=self.instance)

    def _arrive(self, event: Any) -> Ticket:
        """Prepare an event when it is read; return who sent it."""
        tp, offset = event.message.tp, event.message.offset
        topic_id = positions_of(self._consumer()).ids.get(event.message.topic, "")
        message = message_of(event.message, self.settings, topic_id=topic_id)
        event.news_arrived = time.monotonic()
        event.news_message = message
        event.news_taken = message.taken or int(1000 * time.time())
        event.news_is_behind = offset < self._next_offset.get(tp, 0)
        self._next_offset[tp] = offset + 1
        event.news_sender = sender_of_message(message.value, message.headers)
        return Ticket(
            event.news_sender,
            key=message.key,
            n_bytes=len(message.value or b""),
            weight=BAD_WEIGHT if self.guard.is_bad(source_label(event.news_sender)) else 1.0,
        )

    async def _start(self, event: Any) -> "asyncio.Future[Result]":
        if event.news_is_behind:
            await self._check_topics()
        self.in_flight += 1
        return await self.runner.start(event.news_message)

    async def _check_topics(self) -> None:
        """Wait permanently before a record of a topic that was deleted and created again.

        Within an assignment offsets ascend. One that does not may be of a new topic, whose records
        must not get the origins of the old one; the worker ends before they are processed.
        """
        await self.watch.check_topics()
        while self.watch.topics.recreated:
            self._end_for_topics()
            await asyncio.sleep(CHECK_SECONDS)

    def _end_for_topics(self) -> None:
        if self.ending is None:
            problem = self.watch.topics.problem or "no partitions although some are left"
            log.critical("topics lost, restarting", stage=self.stage.name, error=problem)
        self._end(Exit.CRASHED)

    async def _finish(self, event: Any, future: "asyncio.Future[Result]") -> list[Awaitable[Any]]:
        result = future.result()
        taken = str(event.news_taken).encode()
        headers = [*event.news_message.forwarded_headers, (TAKEN_HEADER, taken)]
        send = self.app.producer.send
        sends = [
            await send(
                physical_name(self.settings, item.topic),
                item.key,
                item.value,
                None,
                None,
                headers,
            )
            for item in result.messages
        ]
        self._account(event, result)
        return sends

    def _account(self, event: Any, result: Result) -> None:
        self.metrics.count(result.decision, result.reason)
        self.metrics.duration.observe(time.monotonic() - event.news_arrived)
        self.delivered += 1
        self.in_flight -= 1
        self.meter.done(event.message.tp, event.message.offset)
        self._watch_rejects(event.news_sender, result)

    def _watch_rejects(self, sender: RecordSender, result: Result) -> None:
        """Count rejected records by source; alarm, but never end: their sources are at fault."""
        rejected = result.decision == "rejected"
        source = source_label(sender)
        self.guard.note(source, rejected=rejected)
        if not rejected:
            return
        self.metrics.count_rejected_source(source)
        if not self.guard.is_bad(source):  # otherwise a flood of records would be one of log lines
            log.warning("rejected", stage=self.stage.name, reason=result.reason)
        if self.guard.tripped and time.monotonic() >= self._alarm_at:
            self._alarm_at = time.monotonic() + ALARM_SECONDS
            hint = "too many records rejected: look at them with `streams dead-letters list`"
            sources = dict(self.guard.worst())
            log.critical(hint, stage=self.stage.name, share=self.guard.share, sources=sources)

    def _end(self, how: Exit) -> None:
        if self.ending is None:
            self.ending = how
            self._to_end.set()

    def health(self) -> dict[str, object]:
        """Return the state of this worker, for `/health`."""
        return {
            "stage": self.stage.name,
            "instance": self.instance,
            "ready": self.ready and not self._is_without_topics,
            "partitions": len(self.meter.assignment),
            "in_flight": self.in_flight,
            "lag": self.meter.lag + self.watch.unread.n_records,
            "delivered": self.delivered,
            "remembered": self.runner.remembered(),
            "unassigned": self.watch.unread.names,
            "problem": self._problem,
        }

    @property
    def _is_idle_in_vain(self) -> bool:
        """Whether the worker has no partition although others do not read all of them."""
        coverage = self.watch.coverage
        return not self.meter.assignment and not (coverage and coverage.is_complete)

    @property
    def _is_without_topics(self) -> bool:
        return self._is_idle_in_vain or bool(self.watch.topics.problem)

    @property
    def _problem(self) -> str:
        """What a person should know, in one sentence; empty if nothing."""
        problem = self.runner.problem() or self.watch.topics.problem or self.watch.unread.problem
        if not problem and self.ready and self._is_idle_in_vain:
            problem = "no partition assigned, and no other process reads them all"
        return problem or self.guard.problem()

    async def run(self, *, http_port: int = 0) -> Exit:
        """Work until SIGTERM or SIGINT, a crash or a stall; return the exit code."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._end, Exit.STOPPED)
        host = self.settings.http_host
        async with http_server(
            self.metrics.registry, self.health, host=host, port=http_port
        ) as port:
            log.info("starting", stage=self.stage.name, instance=self.instance, port=port)
            self.app.finalize()
            if not await self._start_app():
                return self.ending or Exit.CRASHED
            watching = asyncio.ensure_future(self.watch.keep_watching())
            await self._watch()
            watching.cancel()
            if self.ending is Exit.STOPPED:
                await self._stop()
        self.runner.stop()
        return self.ending or Exit.CRASHED

    async def _start_app(self) -> bool:
        """Start the Faust app; return whether it has started before the worker is to end.

        A member that cannot join its group, because another process of its name takes its place
        again and again, does not start, and is stopped by SIGTERM all the same.
        """
        starting = asyncio.ensure_future(self.app.start())
        ending = asyncio.ensure_future(self._to_end.wait())
        await asyncio.wait((starting, ending), return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not starting.done():
            log.warning("stopped before the start was complete", stage=self.stage.name)
            return False
        await starting
        return True

    async def _watch(self) -> None:
        measure_at = 0.0
        while self.ending is None:
            if self.app.crashed:
                log.error("crashed", stage=self.stage.name, error=repr(self.app.crash_reason))
                self._end(Exit.CRASHED)
                return
            if time.monotonic() >= measure_at:
                await self._measure()
                measure_at = time.monotonic() + MEASURE_SECONDS
            if self._has_lost_topics():
                self._end_for_topics()
                return
            if self._has_stalled():
                self._end(Exit.STALLED)
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._to_end.wait()

    def _has_lost_topics(self) -> bool:
        """Return whether the topics are others than at the start, or there is no work for long.

        A rebalance may take long because of other members; only a group that has settled counts.
        """
        topics, coverage = self.watch.topics, self.watch.coverage
        idle = self._is_idle_in_vain and coverage is not None and coverage.state == STABLE
        return bool(topics.recreated) or topics.has_waited_in_vain(is_idle_in_vain=idle)

    def _has_stalled(self) -> bool:
        quiet = self.meter.quiet_seconds()
        limit = max(self.settings.stall_seconds, 3 * self.settings.stage_seconds)
        if quiet <= limit or not (self.meter.lag or self.in_flight):
            return False
        log.critical("stalled", stage=self.stage.name, lag=self.meter.lag, seconds=round(quiet))
        return True

    async def _measure(self) -> None:
        self.metrics.lag.set(await self.meter.measure() + self.watch.unread.n_records)
        self.metrics.unassigned.set(len(self.watch.unread.partitions))
        if self._is_idle_in_vain and (self._checking is None or self._checking.done()):
            # Not awaited: a broker that hangs must not delay the end of this process.
            self._checking = asyncio.ensure_future(self.watch.check_coverage())
        if not (self.meter.lag or self.in_flight):
            self.meter.progressed()  # an idle worker is not stalled, nor is one right after
        self.metrics.in_flight.set(self.in_flight)
        self.metrics.reject_share.set(self.guard.share)
        self.metrics.remembered.set(self.runner.remembered())
        for name, value in self.runner.figures().items():
            self.metrics.memory[name].set(value)

    async def _stop(self) -> None:
        log.info("stopping", stage=self.stage.name, in_flight=self.in_flight)
        try:
            await asyncio.wait_for(self.app.stop(), STOP_SECONDS)
        except TimeoutError:
            log.warning("stop timed out, messages redelivered", in_flight=self.in_flight)


def source_label(sender: RecordSender) -> str:
    """Return the name by which rejected records are counted: the source, else the sender."""
    return sender.source or sender.name


def age_of(event: Any) -> float:
    """Return for how many seconds an article has been on its way through the stages."""
    return time.time() - event.news_taken / 1000  # type: ignore[no-any-return]  # no types in faust


def message_of(message: Any, settings: Settings, *, topic_id: str = "") -> Message:
    """Return Faust's message as the processor's; its headers may be a list, a dict or None.

    Args:
        message: The message.
        settings: Settings with the prefix of the topics.
        topic_id: Id of its topic, as in an origin; empty if unknown.
    """
    return Message(
        topic=logical_name(settings, message.topic),
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=headers_of(message),
        topic_id=topic_id,
    )


def run_worker(stage: Stage, settings: Settings, *, instance: str = "", http_port: int = 0) -> int:
    """Run a worker in this process and return its exit code.

    The process ends at once, without cleaning up the event loop: messages that were not
    acknowledged are redelivered, and an orderly shutdown of a broken client can hang permanently.

    Raises:
        BrokerError: If Kafka cannot be reached, or refuses the connection.
    """

    async def main() -> None:
        worker = Worker(stage, settings, instance=instance)  # refuses unusable settings first
        await check_connection(settings)  # Faust would report a wrong password with a traceback
        ending = await worker.run(http_port=http_port)
        os._exit(ending)

    asyncio.run(main())
    return Exit.STOPPED
