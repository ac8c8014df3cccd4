"""A worker without a broker: messages read, records counted, health reported."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from structlog.testing import capture_logs

from streams.kafka.coverage import STABLE, Coverage
from streams.kafka.partition_watch import Unread
from streams.kafka.topic_watch import TopicWatch
from streams.processors.message import Message
from streams.processors.route import route_processor
from streams.records import ATTEMPT_HEADER, ORIGIN_HEADER, TAKEN_HEADER
from streams.records.topics import DEAD_LETTER, ENRICHED
from streams.settings import Settings
from streams.topology import ROUTE_STAGE
from streams.worker.metrics import NAMED_SOURCES, OTHER_SOURCES
from streams.worker.reject_guard import MIN_RECORDS, RECENT
from streams.worker.runners import InPlaceRunner
from streams.worker.worker import Exit, Worker, age_of, message_of

PREFIX = "test."


def kafka_message(**changes: Any) -> Any:
    """Return a message as Faust delivers it."""
    fields = {
        "topic": PREFIX + ENRICHED.name,
        "partition": 2,
        "offset": 5,
        "key": b"k",
        "value": b"{",
        "headers": [],
        "tp": (PREFIX + ENRICHED.name, 2),
    }
    return SimpleNamespace(**(fields | changes))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (None, ()),
        ([], ()),
        ([("a", b"1"), ("a", None)], (("a", b"1"), ("a", b""))),
        ({"a": b"1"}, (("a", b"1"),)),
    ],
)
def test_message_of_accepts_all_forms_of_headers(
    headers: Any, expected: tuple[tuple[str, bytes], ...]
) -> None:
    found = message_of(kafka_message(headers=headers), Settings(topic_prefix=PREFIX))

    assert found == Message(
        topic=ENRICHED.name, partition=2, offset=5, key=b"k", value=b"{", headers=expected
    )


class Producer:
    """A fake producer that records the sent messages."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, list[tuple[str, bytes]]]] = []

    async def send(
        self, topic: str, key: bytes, _value: bytes, _partition: None, _time: None, headers: Any
    ) -> Any:
        """Record a message and return the future of its acknowledgement."""
        self.sent.append((topic, key, headers))
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future


@pytest.fixture
def worker() -> Worker:
    """Return a worker of `route` that has not connected."""
    settings = Settings(broker="a:1", topic_prefix=PREFIX)
    return Worker(ROUTE_STAGE, settings, instance="1", runner=InPlaceRunner(route_processor(())))


async def run(worker: Worker, message: Any) -> Producer:
    """Process a message as the worker's loop does; return the producer with what was sent."""
    event = SimpleNamespace(message=message)
    producer = Producer()
    worker.app = SimpleNamespace(producer=producer)
    worker._arrive(event)
    await asyncio.gather(*await worker._finish(event, await worker._start(event)))
    return producer


@pytest.mark.parametrize(
    ("header", "origin"),
    [
        (b"articles.raw.v1-0-4", b"articles.raw.v1-0-4"),
        (b"garbage", b"articles.enriched.v1-2-5"),
    ],
)
async def test_worker_sends_every_record_with_the_origin(
    worker: Worker, header: bytes, origin: bytes
) -> None:
    taken = (TAKEN_HEADER, b"1795400552621")

    producer = await run(worker, kafka_message(headers=[(ORIGIN_HEADER, header), taken]))

    assert producer.sent == [(PREFIX + DEAD_LETTER.name, b"k", [(ORIGIN_HEADER, origin), taken])]


async def test_worker_forwards_the_attempt_header(worker: Worker) -> None:
    headers = [
        (ORIGIN_HEADER, b"articles.raw.v1-0-4"),
        (ATTEMPT_HEADER, b"2"),
        (TAKEN_HEADER, b"1795400552621"),
    ]

    producer = await run(worker, kafka_message(headers=headers))

    [(_topic, _key, sent)] = producer.sent
    assert sent == headers


async def test_worker_sets_the_time_of_the_first_stage(worker: Worker) -> None:
    before = int(1000 * time.time())

    producer = await run(worker, kafka_message())

    [(_topic, _key, sent)] = producer.sent
    assert before <= int(dict(sent)[TAKEN_HEADER]) <= int(1000 * time.time())


@pytest.mark.parametrize(("ago", "lowest", "highest"), [(5.0, 5.0, 7.0), (-3600.0, -3600.0, -3598)])
def test_age_counts_from_the_first_stage(ago: float, lowest: float, highest: float) -> None:
    event = SimpleNamespace(news_taken=1000 * (time.time() - ago))

    assert lowest <= age_of(event) <= highest


async def test_worker_counts_its_records(worker: Worker) -> None:
    await run(worker, kafka_message())

    counted = worker.metrics.registry.get_sample_value(
        "news_records_total", {"stage": "route", "decision": "rejected", "reason": "not_json"}
    )
    assert (counted, worker.delivered, worker.in_flight) == (1.0, 1, 0)


def bad(source: str) -> Any:
    """Return a message of a source that `route` rejects."""
    return kafka_message(value=b'{"source":"%s"}' % source.encode())


async def test_rejected_records_never_end_a_worker(worker: Worker) -> None:
    for _ in range(2 * RECENT):
        await run(worker, bad("blog"))

    assert worker.ending is None
    assert worker.health()["problem"] == worker.guard.problem() != ""


async def test_worker_alarms_once_a_minute(worker: Worker) -> None:
    with capture_logs() as logs:
        for _ in range(2 * RECENT):
            await run(worker, bad("blog"))

    alarms = [line for line in logs if line["log_level"] == "critical"]
    assert [(line["share"], line["sources"]) for line in alarms] == [(1.0, {"blog": RECENT})]
    assert len(logs) < MIN_RECORDS + len(alarms)  # no line for each record of a flood


async def test_worker_counts_rejected_records_by_source(worker: Worker) -> None:
    for number in range(NAMED_SOURCES + 5):
        await run(worker, bad(f"blog-{number}"))

    names = ("blog-7", "blog-101", OTHER_SOURCES)
    counted = [
        worker.metrics.registry.get_sample_value(
            "news_rejected_records_total", {"stage": "route", "source": name}
        )
        for name in names
    ]
    assert counted == [1.0, None, 5.0]


def test_worker_reports_its_health(worker: Worker) -> None:
    assert worker.health() == {
        "stage": "route",
        "instance": "1",
        "ready": False,
        "partitions": 0,
        "in_flight": 0,
        "lag": 0,
        "delivered": 0,
        "remembered": 0,
        "unassigned": [],
        "problem": "",
    }


def test_worker_names_partitions_without_reader(worker: Worker) -> None:
    worker.watch.unread = Unread(partitions=(TopicPartition("raw", 8),), n_records=7)

    health = worker.health()

    assert (health["lag"], health["unassigned"]) == (7, ["raw-8"])
    assert health["problem"] == "no process reads raw-8; a rebalance is requested"


def stable_group(*, assigned: bool) -> Coverage:
    """Return a settled group of two members that reads its only partition, or does not."""
    partition = TopicPartition(PREFIX + ENRICHED.name, 0)
    return Coverage(
        state=STABLE,
        members=("a", "b"),
        partitions=(partition,),
        assigned=frozenset({partition} if assigned else ()),
    )


@pytest.mark.parametrize(
    ("coverage", "is_ready"),
    [
        (stable_group(assigned=True), True),
        (stable_group(assigned=False), False),
        (Coverage(state=STABLE, members=("a",), partitions=(), assigned=frozenset()), False),
    ],
    ids=["more members than partitions", "partition left", "no partition at all"],
)
def test_worker_without_partitions_is_ready_only_if_others_read_all(
    worker: Worker, coverage: Coverage, *, is_ready: bool
) -> None:
    worker.ready, worker.watch.coverage = True, coverage

    health = worker.health()

    assert (health["ready"], health["problem"] == "") == (is_ready, is_ready)


@pytest.mark.parametrize(
    ("coverage", "ends"),
    [(stable_group(assigned=True), False), (stable_group(assigned=False), True)],
)
def test_worker_without_partitions_ends_within_a_minute(
    worker: Worker, coverage: Coverage, *, ends: bool
) -> None:
    seconds = 0.0
    worker.watch.topics = TopicWatch((), now=lambda: seconds)
    worker.ready, worker.watch.coverage = True, coverage
    before = worker._has_lost_topics()

    seconds = 45.0

    assert (before, worker._has_lost_topics()) == (False, ends)


async def test_record_of_recreated_topic_is_not_processed(worker: Worker) -> None:
    await run(worker, kafka_message(offset=5))
    worker.watch.topics.recreated.append(PREFIX + ENRICHED.name)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await run(worker, kafka_message(offset=0))

    assert (worker.ending, worker.delivered) == (Exit.CRASHED, 1)
    assert worker.health()["problem"] == "test.articles.enriched.v1 was deleted and created again"


async def test_worker_that_cannot_join_stops_on_request(worker: Worker) -> None:
    worker.app = SimpleNamespace(start=asyncio.Event().wait)
    asyncio.get_running_loop().call_soon(worker._end, Exit.STOPPED)

    assert not await worker._start_app()
    assert worker.ending is Exit.STOPPED


def test_exit_codes_differ_from_those_of_a_shell() -> None:
    assert {how: int(how) for how in Exit} == {
        Exit.STOPPED: 0,
        Exit.CRASHED: 1,
        Exit.TOO_MANY_REJECTED: 4,
        Exit.STALLED: 5,
    }


async def test_idle_worker_is_not_stalled_by_the_next_record(worker: Worker) -> None:
    worker.meter._moved -= 3600
    await worker._measure()

    worker.in_flight = 1

    assert not worker._has_stalled()


async def test_worker_without_progress_is_stalled(worker: Worker) -> None:
    worker.in_flight = 1
    worker.meter._moved -= 3600
    await worker._measure()

    assert worker._has_stalled()
