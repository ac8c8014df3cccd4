from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.sources.feeds.polling.queue import OF_A_HOST, PollQueue

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def host_of(name: str) -> str:
    return name.partition("/")[0]


def taken(due: PollQueue, now: datetime = NOON) -> list[str]:
    """All that may be polled at a time."""
    found = []
    while one := due.take(now, host_of):
        found.append(one[0])
    return found


def test_a_feed_waits_for_its_time() -> None:
    due = PollQueue()
    due.plan("a", NOON + timedelta(seconds=1))

    assert taken(due) == []
    assert taken(due, NOON + timedelta(seconds=1)) == ["a"]


def test_a_feed_has_one_time_the_last_that_it_was_given() -> None:
    due = PollQueue()
    due.plan("a", NOON)
    due.plan("a", NOON + timedelta(hours=1))
    due.plan("b", NOON + timedelta(hours=2))
    due.plan("b", NOON)

    assert due.next_time == NOON
    assert taken(due) == ["b"]
    assert due.next_time == NOON + timedelta(hours=1)
    assert taken(due, NOON + timedelta(hours=3)) == ["a"]
    assert ("a" in due, due.next_time) == (False, None)


def test_a_host_gives_its_turns_to_those_who_wait_longest() -> None:
    due = PollQueue()
    names = [f"host/{number}" for number in range(OF_A_HOST + 2)]
    for number, name in enumerate(names):
        due.plan(name, NOON + timedelta(seconds=number))
    due.plan("other", NOON)
    late = NOON + timedelta(hours=1)

    first = taken(due, late)
    due.leave("host")
    second = taken(due, late)

    assert first == [names[0], "other", names[1]]
    assert second == [names[OF_A_HOST]]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=20))
def test_every_feed_that_was_planned_is_taken_once(plans: list[tuple[str, int]]) -> None:
    due = PollQueue()
    for name, seconds in plans:
        due.plan(name, NOON + timedelta(seconds=seconds))

    assert sorted(taken(due, NOON + timedelta(days=1))) == sorted({name for name, _ in plans})
