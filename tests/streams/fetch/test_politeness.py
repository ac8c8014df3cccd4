import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.fetch.politeness import MAX_DELAY, HostDelay, HostLimiter

seconds = st.floats(min_value=0, max_value=1000)


@given(st.lists(st.tuples(seconds, st.booleans(), seconds), max_size=20), seconds)
def test_a_pace_keeps_what_was_asked_for(
    answers: list[tuple[float, bool, float]], least: float
) -> None:
    pace = HostDelay(least_seconds=least)
    for took, overloaded, wait in answers:
        pace = pace.after(took, overloaded=overloaded, retry_after=timedelta(seconds=wait))

        assert pace.delay_seconds >= least
        assert pace.delay_seconds >= wait - 1e-6
        assert pace.delay_seconds <= max(MAX_DELAY.total_seconds(), least, wait + 1e-6)


def test_a_slow_host_is_asked_less_often_and_a_fast_one_more() -> None:
    slow = fast = HostDelay(least_seconds=1)
    for _ in range(20):
        slow, fast = slow.after(4), fast.after(0.1)

    assert round(slow.delay_seconds) == 8
    assert fast.delay_seconds == 1


def test_an_overloaded_host_is_left_alone_longer_each_time() -> None:
    once = HostDelay(least_seconds=1).after(0.1, overloaded=True)

    assert once.delay_seconds == 30
    assert once.after(0.1, overloaded=True).delay_seconds == 60
    assert once.after(0.1).delay_seconds == 1


class Clock:
    """A clock by hand: waiting moves it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, duration: float) -> None:
        self.slept.append(duration)
        self.now += duration


def hosts(clock: Clock, **changes: int) -> HostLimiter:
    """Hosts on a clock by hand."""
    return HostLimiter(
        least_delay=timedelta(seconds=5), clock=lambda: clock.now, sleep=clock.sleep, **changes
    )


async def test_requests_to_one_host_start_apart_and_others_do_not_wait() -> None:
    clock = Clock()
    turns = hosts(clock)
    for name in ("a.test", "a.test", "b.test", "a.test"):
        async with turns.turn(name):
            pass

    assert clock.slept == [5, 5]


async def test_a_host_is_asked_as_seldom_as_its_robots_file_wants() -> None:
    clock = Clock()
    turns = hosts(clock)
    turns.ask_for("a.test", timedelta(seconds=20))
    for _ in range(2):
        async with turns.turn("a.test"):
            pass
        turns.answered("a.test", 0.1)

    assert clock.slept == [20]


async def test_the_request_after_the_robots_file_waits_as_it_wants() -> None:
    clock = Clock()
    turns = hosts(clock)
    async with turns.turn("a.test"):
        turns.ask_for("a.test", timedelta(seconds=20))
    async with turns.turn("a.test"):
        pass

    assert clock.slept == [20]


async def test_the_request_behind_one_that_waited_already_keeps_the_new_delay() -> None:
    clock = Clock()
    turns = hosts(clock)
    async with turns.turn("a.test"):
        async with turns.turn("a.test"):  # began at 5, as was agreed before
            turns.ask_for("a.test", timedelta(seconds=20))
        async with turns.turn("a.test"):
            pass

    assert clock.slept == [5, 20]


async def test_no_more_than_so_many_are_inside_at_a_time() -> None:
    turns = HostLimiter(concurrency=2, least_delay=timedelta(0))
    inside = most = 0

    async def ask() -> None:
        nonlocal inside, most
        async with turns.turn("a.test"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(ask() for _ in range(9)))

    assert most == 2
