from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.sources.feeds.polling.queue import MAX_PER_HOST, PollQueue

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def host_of(name: str) -> str:
    return name.partition("/")[0]


def take_all(queue: PollQueue, now: datetime = NOON) -> list[str]:
    """Take all feeds that may be polled now."""
    names = []
    while polled := queue.take(now, host_of):
        names.append(polled[0])
    return names


def test_take_waits_for_due_time() -> None:
    queue = PollQueue()
    queue.schedule("a", NOON + timedelta(seconds=1))

    assert take_all(queue) == []
    assert take_all(queue, NOON + timedelta(seconds=1)) == ["a"]


def test_schedule_replaces_due_time() -> None:
    queue = PollQueue()
    queue.schedule("a", NOON)
    queue.schedule("a", NOON + timedelta(hours=1))
    queue.schedule("b", NOON + timedelta(hours=2))
    queue.schedule("b", NOON)

    assert queue.next_time == NOON
    assert take_all(queue) == ["b"]
    assert queue.next_time == NOON + timedelta(hours=1)
    assert take_all(queue, NOON + timedelta(hours=3)) == ["a"]
    assert ("a" in queue, queue.next_time) == (False, None)


def test_take_limits_feeds_per_host() -> None:
    queue = PollQueue()
    names = [f"host/{number}" for number in range(MAX_PER_HOST + 2)]
    for number, name in enumerate(names):
        queue.schedule(name, NOON + timedelta(seconds=number))
    queue.schedule("other", NOON)
    late = NOON + timedelta(hours=1)

    first = take_all(queue, late)
    queue.release_host("host")
    second = take_all(queue, late)

    assert first == [names[0], "other", names[1]]
    assert second == [names[MAX_PER_HOST]]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=20))
def test_take_returns_each_feed_once(plans: list[tuple[str, int]]) -> None:
    queue = PollQueue()
    for name, seconds in plans:
        queue.schedule(name, NOON + timedelta(seconds=seconds))

    assert sorted(take_all(queue, NOON + timedelta(days=1))) == sorted({name for name, _ in plans})
