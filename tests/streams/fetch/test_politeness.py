import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.fetch.politeness import MAX_DELAY, HostDelay, HostLimiter

seconds = st.floats(min_value=0, max_value=1000)


@given(st.lists(st.tuples(seconds, st.booleans(), seconds), max_size=20), seconds)
def test_host_delay_respects_bounds(
    responses: list[tuple[float, bool, float]], least: float
) -> None:
    delay = HostDelay(least_seconds=least)
    for took, overloaded, wait in responses:
        delay = delay.after(took, overloaded=overloaded, retry_after=timedelta(seconds=wait))

        assert delay.delay_seconds >= least
        assert delay.delay_seconds >= wait - 1e-6
        assert delay.delay_seconds <= max(MAX_DELAY.total_seconds(), least, wait + 1e-6)


def test_host_delay_follows_response_time() -> None:
    slow = fast = HostDelay(least_seconds=1)
    for _ in range(20):
        slow, fast = slow.after(4), fast.after(0.1)

    assert round(slow.delay_seconds) == 8
    assert fast.delay_seconds == 1


def test_host_delay_doubles_while_overloaded() -> None:
    once = HostDelay(least_seconds=1).after(0.1, overloaded=True)

    assert once.delay_seconds == 30
    assert once.after(0.1, overloaded=True).delay_seconds == 60
    assert once.after(0.1).delay_seconds == 1


class Clock:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, duration: float) -> None:
        self.slept.append(duration)
        self.now += duration


def limiter_on(clock: Clock, **changes: int) -> HostLimiter:
    """Return limits that use a clock."""
    return HostLimiter(
        least_delay=timedelta(seconds=5), clock=lambda: clock.now, sleep=clock.sleep, **changes
    )


async def test_turn_delays_requests_to_same_host() -> None:
    clock = Clock()
    limiter = limiter_on(clock)
    for name in ("a.test", "a.test", "b.test", "a.test"):
        async with limiter.turn(name):
            pass

    assert clock.slept == [5, 5]


async def test_turn_respects_crawl_delay() -> None:
    clock = Clock()
    limiter = limiter_on(clock)
    limiter.set_least_delay("a.test", timedelta(seconds=20))
    for _ in range(2):
        async with limiter.turn("a.test"):
            pass
        limiter.record_response("a.test", 0.1)

    assert clock.slept == [20]


async def test_turn_respects_crawl_delay_set_before() -> None:
    clock = Clock()
    limiter = limiter_on(clock)
    async with limiter.turn("a.test"):
        limiter.set_least_delay("a.test", timedelta(seconds=20))
    async with limiter.turn("a.test"):
        pass

    assert clock.slept == [20]


async def test_turn_respects_crawl_delay_set_while_waiting() -> None:
    clock = Clock()
    limiter = limiter_on(clock)
    async with limiter.turn("a.test"):
        async with limiter.turn("a.test"):  # starts at 5, with the delay set before
            limiter.set_least_delay("a.test", timedelta(seconds=20))
        async with limiter.turn("a.test"):
            pass

    assert clock.slept == [5, 20]


async def test_turn_limits_concurrency() -> None:
    limiter = HostLimiter(concurrency=2, least_delay=timedelta(0))
    inside = most = 0

    async def ask() -> None:
        nonlocal inside, most
        async with limiter.turn("a.test"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(ask() for _ in range(9)))

    assert most == 2


async def test_too_many_requests_delays_sister_hosts() -> None:
    clock = Clock()
    limiter = limiter_on(clock)

    limiter.record_response(
        "www.news.test", 0.1, overloaded=True, too_many=True, retry_after=timedelta(seconds=90)
    )
    started = {}
    for name in ("other.test", "feeds.news.test", "news.test"):
        async with limiter.turn(name):
            started[name] = clock.now

    assert started == {"other.test": 0, "feeds.news.test": 90, "news.test": 90}


async def test_overloaded_host_does_not_delay_sister_hosts() -> None:
    clock = Clock()
    limiter = limiter_on(clock)

    limiter.record_response("www.news.test", 0.1, overloaded=True)
    async with limiter.turn("feeds.news.test"):
        started = clock.now

    assert started == 0


async def test_too_many_requests_of_address_delays_address_only() -> None:
    clock = Clock()
    limiter = limiter_on(clock)

    limiter.record_response("2001:db8::1", 0.1, overloaded=True, too_many=True)
    started = []
    for name in ("2001:db8::2", "2001:db8::1"):
        async with limiter.turn(name):
            started.append(clock.now)

    assert started == [0, 30]
