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
from streams.kafka.connection import check_connection, logical_name, physical_name
from streams.kafka.partition_watch import PartitionWatch
from streams.kafka.read import holds_records
from streams.processors.message import Message, Result
from streams.records import TAKEN_HEADER
from streams.runtime.health_server import http_server
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.app import create_app
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

CHECK_SECONDS = 0.5
"""How often the worker checks whether the app has crashed; a stop is noticed at once."""


class Exit(IntEnum):
    """Exit code of a worker."""

    STOPPED = 0
    CRASHED = 1
    """Infrastructure failed; the records are redelivered."""
    TOO_MANY_REJECTED = 4
    """The share of rejected records is above the limit: a person must look."""
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
        self.watch = PartitionWatch(self._consumer, run=self._run_in_consumer, settings=settings)
        self.guard = RejectGuard(settings.reject_share)
        self.runner = runner or runner_for(stage, settings, self.meter.progressed)
        self.ending: Exit | None = None
        self._to_end = asyncio.Event()
        self.ready = False
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
            window = self.settings.window
            await slide_window(stream, self._start, self._finish, limit=window, age=age_of)

        self.app.agent(source, name=f"{self.stage.name}-agent")(agent)
        # A strong reference: Faust's signals hold their receivers weakly.
        self._on_assigned = self._prepare_partitions
        self.app.on_partitions_assigned.connect(self._on_assigned)

    def _consumer(self) -> AIOKafkaConsumer | None:
        """Return the consumer in Faust's thread; None while it is not started."""
        thread = getattr(self.app.consumer, "_thread", None)
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
        self.ready = False
        self._getting_ready = asyncio.ensure_future(self._get_ready())

    async def _get_ready(self) -> None:
        started = time.monotonic()
        try:
            await self.runner.ready()
            if self.meter.assignment:
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

    async def _start(self, event: Any) -> "asyncio.Future[Result]":
        event.news_arrived = time.monotonic()
        event.news_message = message_of(event.message, self.settings)
        event.news_taken = event.news_message.taken or int(1000 * time.time())
        self.in_flight += 1
        return await self.runner.start(event.news_message)

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
        self.guard.note(rejected=result.decision == "rejected")
        if result.decision == "rejected":
            log.warning("rejected", stage=self.stage.name, reason=result.reason)
            if self.guard.tripped:
                hint = "too many records rejected: look at them with `streams dead-letters list`"
                log.critical(hint, stage=self.stage.name, share=self.guard.share)
                self._end(Exit.TOO_MANY_REJECTED)

    def _end(self, how: Exit) -> None:
        if self.ending is None:
            self.ending = how
            self._to_end.set()

    def health(self) -> dict[str, object]:
        """Return the state of this worker, for `/health`."""
        return {
            "stage": self.stage.name,
            "instance": self.instance,
            "ready": self.ready,
            "partitions": len(self.meter.assignment),
            "in_flight": self.in_flight,
            "lag": self.meter.lag + self.watch.unread.n_records,
            "delivered": self.delivered,
            "remembered": self.runner.remembered(),
            "unassigned": self.watch.unread.names,
            "problem": self.runner.problem() or self.watch.unread.problem,
        }

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
            await self.app.start()
            watching = asyncio.ensure_future(self.watch.keep_watching())
            await self._watch()
            watching.cancel()
            if self.ending is Exit.STOPPED:
                await self._stop()
        self.runner.stop()
        return self.ending or Exit.CRASHED

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
            if self._has_stalled():
                self._end(Exit.STALLED)
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._to_end.wait()

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
        if not (self.meter.lag or self.in_flight):
            self.meter.progressed()  # an idle worker is not stalled, nor is one right after
        self.metrics.in_flight.set(self.in_flight)
        self.metrics.remembered.set(self.runner.remembered())
        for name, value in self.runner.figures().items():
            self.metrics.memory[name].set(value)

    async def _stop(self) -> None:
        log.info("stopping", stage=self.stage.name, in_flight=self.in_flight)
        try:
            await asyncio.wait_for(self.app.stop(), STOP_SECONDS)
        except TimeoutError:
            log.warning("stop timed out, messages redelivered", in_flight=self.in_flight)


def age_of(event: Any) -> float:
    """Return for how many seconds an article has been on its way through the stages."""
    return time.time() - event.news_taken / 1000  # type: ignore[no-any-return]  # no types in faust


def message_of(message: Any, settings: Settings) -> Message:
    """Return Faust's message as the processor's; its headers may be a list, a dict or None."""
    headers = message.headers or ()
    items = headers.items() if hasattr(headers, "items") else headers
    return Message(
        topic=logical_name(settings, message.topic),
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple((str(name), bytes(value or b"")) for name, value in items),
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
