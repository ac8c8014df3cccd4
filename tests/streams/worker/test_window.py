"""The loop of every stage: acknowledged in order, limited, and nothing before it was sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.records.sender import RecordSender
from streams.worker.fair_queue import Ticket
from streams.worker.window import (
    BACKLOG_SECONDS,
    BEHIND,
    LONGEST_PAUSE,
    Bounds,
    slide_window,
    wait_for_batch,
)


class FakeStream:
    """A fake Faust stream as far as the loop uses it: numbered events, then silence."""

    def __init__(self, n_events: int) -> None:
        self.n_events = n_events
        self.acked: list[int] = []
        self.all_acked = asyncio.Event()
        self.reading = False

    def noack(self) -> "FakeStream":
        """Return the stream itself: the agent acknowledges its events."""
        return self

    async def events(self) -> AsyncIterator[int]:
        """Yield the events; then wait permanently, as a stream does."""
        self.reading = True
        try:
            for event in range(self.n_events):
                yield event
            await asyncio.Event().wait()
        finally:
            self.reading = False

    async def ack(self, event: int) -> None:
        """Record that an event is acknowledged."""
        self.acked.append(event)
        if len(self.acked) == self.n_events:
            self.all_acked.set()


class Work:
    """Starts and finishes events as a test says, and records what happened in which order."""

    def __init__(self, stream: FakeStream) -> None:
        self.stream = stream
        self.futures: dict[int, asyncio.Future[str]] = {}
        self.finished: list[int] = []
        self.most_in_flight = 0
        self.sends: dict[int, Awaitable[Any]] = {}
        self.faults: dict[int, Exception] = {}

    async def start(self, event: int) -> "asyncio.Future[str]":
        """Start an event; it is done when a test completes it."""
        self.futures[event] = asyncio.get_running_loop().create_future()
        in_flight = len(self.futures) - len(self.stream.acked)
        self.most_in_flight = max(self.most_in_flight, in_flight)
        return self.futures[event]

    async def finish(self, event: int, future: "asyncio.Future[str]") -> list[Awaitable[Any]]:
        """Return what is to be sent."""
        assert future.done()
        if event in self.faults:
            raise self.faults[event]
        self.finished.append(event)
        return [self.sends[event]] if event in self.sends else []

    def complete(self, *events: int) -> None:
        """Complete the work on these events."""
        for event in events:
            self.futures[event].set_result("done")

    async def complete_all(self, order: Sequence[int]) -> None:
        """Complete started events, the first in this order first, until all are done."""
        waiting = list(order)
        while waiting:
            started = [event for event in waiting if event in self.futures]
            for event in started[:1]:
                self.complete(event)
                waiting.remove(event)
            await asyncio.sleep(0)


async def run_all_tasks() -> None:
    """Yield until no task has anything left to do."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("n_events", [0, 1])
async def test_window_waits_for_more_events(n_events: int) -> None:
    stream = FakeStream(n_events)
    work = Work(stream)
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=2))
    await run_all_tasks()
    work.complete(*range(n_events))
    await run_all_tasks()

    assert (stream.acked, loop.done()) == (list(range(n_events)), False)

    loop.cancel()


@given(order=st.permutations(range(12)), limit=st.integers(1, 13), group=st.integers(1, 13))
def test_window_acknowledges_in_order_whatever_is_done_first(
    order: list[int], limit: int, group: int
) -> None:
    async def run() -> tuple[FakeStream, Work]:
        stream = FakeStream(12)
        work = Work(stream)
        loop = asyncio.ensure_future(
            slide_window(stream, work.start, work.finish, limit=limit, group=group)
        )
        await work.complete_all(order)
        await asyncio.wait_for(stream.all_acked.wait(), 5)
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
        return stream, work

    stream, work = asyncio.run(run())

    assert stream.acked == sorted(work.finished) == list(range(12))
    assert work.most_in_flight <= limit


async def test_window_starts_events_up_to_its_limit() -> None:
    stream = FakeStream(10)
    work = Work(stream)
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=4))

    await run_all_tasks()

    assert sorted(work.futures) == [0, 1, 2, 3]

    loop.cancel()


async def test_window_sends_results_past_a_slow_event() -> None:
    stream = FakeStream(3)
    work = Work(stream)
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=3))
    await run_all_tasks()

    work.complete(2, 1)
    await run_all_tasks()
    before = (list(work.finished), list(stream.acked))
    work.complete(0)
    await run_all_tasks()

    assert before == ([2, 1], [])
    assert (work.finished, stream.acked) == ([2, 1, 0], [0, 1, 2])

    loop.cancel()


async def test_window_is_full_behind_a_slow_event() -> None:
    stream = FakeStream(5)
    work = Work(stream)
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=3))
    await run_all_tasks()

    work.complete(1, 2)
    await run_all_tasks()

    assert (sorted(work.futures), stream.acked) == ([0, 1, 2], [])

    loop.cancel()


async def test_window_acknowledges_after_the_broker_does() -> None:
    stream = FakeStream(2)
    work = Work(stream)
    sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    work.sends[1] = sent
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=2))
    await run_all_tasks()

    work.complete(0, 1)
    await run_all_tasks()
    before = list(stream.acked)
    sent.set_result(None)
    await run_all_tasks()

    assert before == []
    assert stream.acked == [0, 1]

    loop.cancel()


async def test_window_acknowledges_group_by_group() -> None:
    stream = FakeStream(3)
    work = Work(stream)
    work.sends[2] = asyncio.get_running_loop().create_future()
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=3, group=2))
    await run_all_tasks()

    work.complete(0, 1, 2)
    await run_all_tasks()

    assert stream.acked == [0, 1]

    loop.cancel()


async def test_window_acknowledges_nothing_after_a_failed_send() -> None:
    stream = FakeStream(4)
    work = Work(stream)
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    failed.set_exception(ConnectionError("broker gone"))
    work.sends[2] = failed
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=4, group=1))
    await run_all_tasks()
    work.complete(0, 1, 2, 3)

    with pytest.RaisesGroup(pytest.RaisesExc(ConnectionError, match="broker gone")):
        await asyncio.wait_for(loop, 5)

    assert stream.acked == [0, 1]


async def test_window_stops_reading_if_finish_fails() -> None:
    stream = FakeStream(4)
    work = Work(stream)
    work.faults[1] = ConnectionError("broker gone")
    loop = asyncio.ensure_future(slide_window(stream, work.start, work.finish, limit=2))
    await run_all_tasks()
    work.complete(0, 1)

    with pytest.RaisesGroup(pytest.RaisesExc(ConnectionError)):
        await asyncio.wait_for(loop, 5)

    assert (stream.reading, stream.acked) == (False, [])


async def test_window_stops_if_start_fails() -> None:
    stream = FakeStream(1)

    async def start(_event: int) -> "asyncio.Future[str]":
        raise ConnectionError("no memory")

    with pytest.RaisesGroup(pytest.RaisesExc(ConnectionError)):
        await asyncio.wait_for(slide_window(stream, start, Work(stream).finish, limit=1), 5)

    assert stream.acked == []


async def pauses_of(n_events: int, *, age: float) -> list[float]:
    """Complete ``n_events`` events of this age; return the pauses until all are acknowledged."""
    stream, pauses = FakeStream(n_events), list[float]()
    work = Work(stream)

    async def pause(_enough: asyncio.Event, seconds: float) -> None:
        pauses.append(round(seconds, 3))

    loop = asyncio.ensure_future(
        slide_window(
            stream,
            work.start,
            work.finish,
            limit=n_events,
            age=lambda _event: age,
            pause=pause,
            at_once=None,
        )
    )
    await run_all_tasks()
    work.complete(*range(n_events))
    await asyncio.wait_for(stream.all_acked.wait(), 5)
    loop.cancel()
    assert stream.acked == list(range(n_events))
    return pauses


@pytest.mark.parametrize(
    ("n_events", "age", "expected"),
    [
        (BEHIND + 1, 0.0, []),
        (BEHIND + 1, BACKLOG_SECONDS - 0.01, []),
        (BEHIND, 10.0, []),
        (BEHIND + 1, BACKLOG_SECONDS, [0.2]),
        (100, 2.0, [0.4]),
        (100, 10.0, [LONGEST_PAUSE]),
    ],
)
async def test_window_gathers_results_only_in_a_backlog(
    n_events: int, age: float, expected: list[float]
) -> None:
    assert await pauses_of(n_events, age=age) == expected


async def test_window_gathers_at_most_half_its_limit() -> None:
    stream = FakeStream(20)
    work = Work(stream)
    enough = list[bool]()

    async def pause(reached: asyncio.Event, _seconds: float) -> None:
        await reached.wait()
        enough.append(reached.is_set())

    loop = asyncio.ensure_future(
        slide_window(stream, work.start, work.finish, limit=20, age=lambda _event: 9.0, pause=pause)
    )
    await run_all_tasks()
    work.complete(*range(9))
    await run_all_tasks()
    before = list(work.finished)
    work.complete(9)
    await run_all_tasks()

    assert (before, work.finished, enough) == ([], list(range(10)), [True])

    loop.cancel()


async def test_window_pauses_once_for_all_finished_events() -> None:
    stream, pauses = FakeStream(1200), list[float]()
    work = Work(stream)

    async def pause(_enough: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)

    loop = asyncio.ensure_future(
        slide_window(
            stream,
            work.start,
            work.finish,
            limit=4096,
            age=lambda _event: 9.0,
            pause=pause,
            at_once=None,
        )
    )
    await run_all_tasks()
    work.complete(*range(1200))
    await asyncio.wait_for(stream.all_acked.wait(), 5)

    assert pauses == [LONGEST_PAUSE]

    loop.cancel()


async def test_wait_for_batch_ends_by_time_or_batch() -> None:
    enough = asyncio.Event()

    await wait_for_batch(enough, 0.001)
    enough.set()
    await asyncio.wait_for(wait_for_batch(enough, 60), 5)

    assert enough.is_set()


def sent_by(event: int) -> Ticket:
    """Return the ticket of an event: the last of ten is of another sender."""
    return Ticket(RecordSender("wire" if event % 10 == 9 else "flood", ""), n_bytes=100)


async def test_window_starts_another_sender_before_a_flood() -> None:
    stream = FakeStream(40)
    work = Work(stream)
    loop = asyncio.ensure_future(
        slide_window(
            stream,
            work.start,
            work.finish,
            limit=100,
            ticket=sent_by,
            at_once=Bounds(records=8, n_bytes=10_000),
        )
    )
    await run_all_tasks()
    work.complete(*work.futures)
    await run_all_tasks()

    assert {9, 19, 29, 39} <= set(work.futures)

    loop.cancel()


@pytest.mark.parametrize(
    ("at_once", "expected"),
    [(Bounds(records=3, n_bytes=10_000), 3), (Bounds(records=9, n_bytes=150), 2)],
    ids=["records", "bytes"],
)
async def test_window_works_on_few_events_at_once(at_once: Bounds, expected: int) -> None:
    stream = FakeStream(10)
    work = Work(stream)
    loop = asyncio.ensure_future(
        slide_window(stream, work.start, work.finish, limit=9, ticket=sent_by, at_once=at_once)
    )

    await run_all_tasks()

    assert len(work.futures) == expected

    loop.cancel()


@given(order=st.permutations(range(60)), limit=st.integers(1, 70), n_ahead=st.integers(1, 70))
@settings(max_examples=30)
def test_window_acknowledges_a_flood_in_order(order: list[int], limit: int, n_ahead: int) -> None:
    async def run() -> tuple[FakeStream, Work]:
        stream = FakeStream(60)
        work = Work(stream)
        loop = asyncio.ensure_future(
            slide_window(
                stream,
                work.start,
                work.finish,
                limit=limit,
                ticket=sent_by,
                ahead=Bounds(records=n_ahead, n_bytes=10_000),
                at_once=Bounds(records=5, n_bytes=10_000),
            )
        )
        await work.complete_all(order)
        await asyncio.wait_for(stream.all_acked.wait(), 5)
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
        return stream, work

    stream, work = asyncio.run(run())

    assert stream.acked == sorted(work.finished) == list(range(60))
    assert work.most_in_flight <= limit


async def test_fresh_result_ends_a_pause() -> None:
    stream = FakeStream(20)
    work = Work(stream)
    loop = asyncio.ensure_future(
        slide_window(
            stream,
            work.start,
            work.finish,
            limit=20,
            age=lambda event: 0.1 if event == 19 else 9.0,
            pause=lambda reached, _seconds: reached.wait(),
        )
    )
    await run_all_tasks()
    work.complete(0)
    await run_all_tasks()
    before = list(work.finished)
    work.complete(19)
    await run_all_tasks()

    assert (before, work.finished) == ([], [0, 19])

    loop.cancel()
