from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.memory.memory import ArticleMemory
from streams.records import Memory
from tests.support.strategies import at_most

HORIZON = timedelta(days=14)
TODAY = datetime(2026, 3, 2, tzinfo=UTC)


def name(number: int) -> str:
    return str(UUID(int=number))


def memory(number: int, days: float = 0, **changes) -> Memory:
    time = TODAY + timedelta(days=days)
    fields = {
        "article_id": name(number),
        "group_id": name(number),
        "time": time,
        "fetched": time,
        "clock": time,
        "text_hash": f"{number:016x}",
        "words": 100,
    }
    return Memory(**(fields | changes))


def memories(**changes) -> ArticleMemory:
    return ArticleMemory(
        **({"horizon": HORIZON, "max_articles": 100, "recent": 10, "kept": 10} | changes)
    )


def remember(state: ArticleMemory, days: list[float], first: int = 0) -> list[str]:
    gone: list[str] = []
    for number, day in enumerate(days, first):
        state.remember(memory(number, day))
        gone += state.evict()
    return gone


def ids(state: ArticleMemory) -> set[str]:
    return {name(number) for number in (*range(60), *range(500, 560)) if state.get(name(number))}


def test_remember_forgets_by_time_what_the_clock_has_left_behind() -> None:
    state = memories()

    gone = remember(state, [0] * 20 + [15] * 20)

    assert gone == [name(number) for number in range(20)]


def test_remember_forgets_by_count_the_oldest_event_time_first() -> None:
    state = memories(max_articles=30)

    gone = remember(state, [0, -3, -1, *[0] * 30])

    assert gone == [name(1), name(2), name(0)]


def test_one_date_in_2099_empties_nothing() -> None:
    state = memories()

    gone = remember(state, [*[0] * 30, 73 * 365, *[0.1] * 30])

    assert gone == []


def test_an_old_article_beside_live_news_is_kept_as_long_as_that() -> None:
    state = memories()

    gone = remember(state, [0, -14000] * 15)

    assert gone == []


def test_a_backfill_is_the_first_to_go_when_too_many_are_remembered() -> None:
    state = memories(max_articles=20)

    gone = remember(state, [0, -14000] * 15)

    assert set(gone) <= {name(number) for number in range(1, 30, 2)}
    assert len(state) == 20


def test_what_was_just_remembered_is_not_forgotten_however_old_it_is() -> None:
    state = memories(max_articles=12)

    gone = remember(state, [0] * 12 + [-14000])

    assert gone == [name(0)]


def test_the_bound_holds_whatever_is_protected() -> None:
    state = memories(max_articles=5, recent=1000)

    remember(state, [0] * 20)

    assert len(state) == 5


def test_load_of_a_newer_record_replaces_the_older_one() -> None:
    state = memories()
    state.load(memory(1, sequence=1))
    state.load(memory(1, sequence=2, revision=2))

    found = state.get(name(1))

    assert found is not None
    assert found.revision == 2
    assert len(state) == 1


def test_what_was_kept_long_enough_goes_by_time_and_the_latest_do_not() -> None:
    state = memories(kept=30)

    gone = remember(state, [0] * 20 + [15] * 20)

    assert gone == [name(number) for number in range(10)]


def test_forget_leaves_nothing_to_be_found() -> None:
    state = memories()
    state.load(memory(1, sequence=1))
    state.load_tombstone(name(1))
    state.load_tombstone(name(2))

    assert state.get(name(1)) is None
    assert len(state) == 0


DAYS = st.lists(st.sampled_from([0, 1, 5, 20, -14000, 26000]), max_size=60)


@at_most(80)
@given(DAYS, DAYS, st.data())
def test_what_a_rebuilt_memory_forgets_does_not_depend_on_where_the_log_was_cut(
    before: list[float], after: list[float], data: st.DataObject
) -> None:
    whole = memories(max_articles=15, recent=5, kept=8, segment=4)
    log: list[tuple[str, Memory | None]] = []
    for number, day in enumerate(before):
        log.append((name(number), whole.remember(memory(number, day))))
        log += [(article_id, None) for article_id in whole.evict()]
    writes = [index for index, (_, record) in enumerate(log, 1) if record is not None]
    last = writes[-1] if writes else 0
    cut = data.draw(st.integers(last, len(log)))
    rebuilt = memories(max_articles=15, recent=5, kept=8, segment=4)
    for article_id, record in compacted(log[:cut]):
        _ = rebuilt.load_tombstone(article_id) if record is None else rebuilt.load(record)

    settled = log[:cut] + [(article_id, None) for article_id in rebuilt.evict()]

    assert settled == log
    assert remember(rebuilt, after, 500) == remember(whole, after, 500)
    assert ids(rebuilt) == ids(whole)


def compacted(log: list[tuple[str, Memory | None]]) -> list[tuple[str, Memory | None]]:
    latest = {article_id: index for index, (article_id, _) in enumerate(log)}
    return [entry for index, entry in enumerate(log) if latest[entry[0]] == index]


@pytest.mark.parametrize("times", [1, 3])
def test_remember_numbers_records_and_gives_them_the_clock(times: int) -> None:
    state = memories()
    remember(state, [0] * 20)
    for _ in range(times):
        record = state.remember(memory(100, -14000))

    assert record.sequence == 20 + times
    assert record.clock == TODAY
    assert state.get(name(100)) == record
    assert msgspec.json.decode(msgspec.json.encode(record), type=Memory) == record


STEPS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 3), st.sampled_from([0, 1, 20, -14000])),
    max_size=120,
)


@given(STEPS)
def test_small_segments_remember_what_one_large_one_does(
    steps: list[tuple[int, int, float]],
) -> None:
    bounds = {"max_articles": 9, "recent": 3, "kept": 5}
    small, large = memories(segment=4, **bounds), memories(**bounds)
    said: list[list[object]] = [[], []]
    for number, text, days in steps:
        for state, words in zip((small, large), said, strict=True):
            item = memory(number, days, text_hash=f"{text:016x}", group_id=name(number % 3))
            words += [state.remember(item), state.evict(), len(state)]

    answers = [
        [(state.get(name(n)), state.latest_of_group(name(n))) for n in range(13)]
        for state in (small, large)
    ]
    assert said[0] == said[1]
    assert answers[0] == answers[1]


def test_a_topic_with_more_than_may_be_remembered_is_read_and_then_cut() -> None:
    large, small = memories(max_articles=200), memories(max_articles=20, segment=8)
    log = [large.remember(memory(number, number / 100)) for number in range(150)]
    for record in log:
        small.load(record)

    gone = small.evict()

    assert len(small) == 20
    assert set(gone) == {name(number) for number in range(130)}


def test_versions_that_the_topic_still_holds_cost_no_room() -> None:
    state = memories(max_articles=20, segment=8)
    for number in range(300):
        state.load(memory(number % 5, sequence=number + 1, text_hash=f"{number:016x}"))

    assert len(state) == 5
    assert state.evict() == ()
    assert [item.sequence for n in range(5) if (item := state.get(name(n)))] == [*range(296, 301)]


def test_age_is_the_time_from_the_oldest_to_the_clock() -> None:
    state = memories()

    remember(state, [-3, 0, 0, 0])

    assert state.age == timedelta(days=3)
    assert memories().age == timedelta()


def test_figures_count_what_was_forgotten() -> None:
    state = memories(max_articles=10)

    remember(state, [0] * 15)

    assert state.counts.forgotten == 5
