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


def empty_memory(**changes) -> ArticleMemory:
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


def test_evict_by_time_removes_old_articles() -> None:
    state = empty_memory()

    gone = remember(state, [0] * 20 + [15] * 20)

    assert gone == [name(number) for number in range(20)]


def test_evict_by_count_removes_oldest_event_time_first() -> None:
    state = empty_memory(max_articles=30)

    gone = remember(state, [0, -3, -1, *[0] * 30])

    assert gone == [name(1), name(2), name(0)]


def test_single_date_in_2099_evicts_nothing() -> None:
    state = empty_memory()

    gone = remember(state, [*[0] * 30, 73 * 365, *[0.1] * 30])

    assert gone == []


def test_old_article_among_live_news_is_kept_as_long() -> None:
    state = empty_memory()

    gone = remember(state, [0, -14000] * 15)

    assert gone == []


def test_evict_by_count_removes_backfill_first() -> None:
    state = empty_memory(max_articles=20)

    gone = remember(state, [0, -14000] * 15)

    assert set(gone) <= {name(number) for number in range(1, 30, 2)}
    assert len(state) == 20


def test_evict_keeps_recent_records() -> None:
    state = empty_memory(max_articles=12)

    gone = remember(state, [0] * 12 + [-14000])

    assert gone == [name(0)]


def test_evict_by_count_keeps_bound_despite_protection() -> None:
    state = empty_memory(max_articles=5, recent=1000)

    remember(state, [0] * 20)

    assert len(state) == 5


def test_load_of_newer_record_replaces_older() -> None:
    state = empty_memory()
    state.load(memory(1, sequence=1))
    state.load(memory(1, sequence=2, revision=2))

    found = state.get(name(1))

    assert found is not None
    assert found.revision == 2
    assert len(state) == 1


def test_evict_by_time_keeps_latest_records() -> None:
    state = empty_memory(kept=30)

    gone = remember(state, [0] * 20 + [15] * 20)

    assert gone == [name(number) for number in range(10)]


def test_load_tombstone_removes_article() -> None:
    state = empty_memory()
    state.load(memory(1, sequence=1))
    state.load_tombstone(name(1))
    state.load_tombstone(name(2))

    assert state.get(name(1)) is None
    assert len(state) == 0


DAYS = st.lists(st.sampled_from([0, 1, 5, 20, -14000, 26000]), max_size=60)


@at_most(80)
@given(DAYS, DAYS, st.data())
def test_rebuilt_memory_evicts_the_same_for_any_log_cut(
    before: list[float], after: list[float], data: st.DataObject
) -> None:
    original = empty_memory(max_articles=15, recent=5, kept=8, segment=4)
    log: list[tuple[str, Memory | None]] = []
    for number, day in enumerate(before):
        log.append((name(number), original.remember(memory(number, day))))
        log += [(article_id, None) for article_id in original.evict()]
    writes = [index for index, (_, record) in enumerate(log, 1) if record is not None]
    last = writes[-1] if writes else 0
    cut = data.draw(st.integers(last, len(log)))
    rebuilt = empty_memory(max_articles=15, recent=5, kept=8, segment=4)
    for article_id, record in compacted(log[:cut]):
        _ = rebuilt.load_tombstone(article_id) if record is None else rebuilt.load(record)

    settled = log[:cut] + [(article_id, None) for article_id in rebuilt.evict()]

    assert settled == log
    assert remember(rebuilt, after, 500) == remember(original, after, 500)
    assert ids(rebuilt) == ids(original)


def compacted(log: list[tuple[str, Memory | None]]) -> list[tuple[str, Memory | None]]:
    latest = {article_id: index for index, (article_id, _) in enumerate(log)}
    return [entry for index, entry in enumerate(log) if latest[entry[0]] == index]


@pytest.mark.parametrize("times", [1, 3])
def test_remember_sets_number_and_clock(times: int) -> None:
    state = empty_memory()
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
def test_segment_size_changes_no_answer(
    steps: list[tuple[int, int, float]],
) -> None:
    bounds = {"max_articles": 9, "recent": 3, "kept": 5}
    small, large = empty_memory(segment=4, **bounds), empty_memory(**bounds)
    answers: list[list[object]] = [[], []]
    for number, text, days in steps:
        for state, words in zip((small, large), answers, strict=True):
            item = memory(number, days, text_hash=f"{text:016x}", group_id=name(number % 3))
            words += [state.remember(item), state.evict(), len(state)]

    answers = [
        [(state.get(name(n)), state.latest_of_group(name(n))) for n in range(13)]
        for state in (small, large)
    ]
    assert answers[0] == answers[1]
    assert answers[0] == answers[1]


def test_load_of_more_than_bound_evicts_rest() -> None:
    large, small = empty_memory(max_articles=200), empty_memory(max_articles=20, segment=8)
    log = [large.remember(memory(number, number / 100)) for number in range(150)]
    for record in log:
        small.load(record)

    gone = small.evict()

    assert len(small) == 20
    assert set(gone) == {name(number) for number in range(130)}


def test_load_of_replaced_versions_takes_no_room() -> None:
    state = empty_memory(max_articles=20, segment=8)
    for number in range(300):
        state.load(memory(number % 5, sequence=number + 1, text_hash=f"{number:016x}"))

    assert len(state) == 5
    assert state.evict() == ()
    assert [item.sequence for n in range(5) if (item := state.get(name(n)))] == [*range(296, 301)]


def test_age_is_time_from_oldest_to_clock() -> None:
    state = empty_memory()

    remember(state, [-3, 0, 0, 0])

    assert state.age == timedelta(days=3)
    assert empty_memory().age == timedelta()


def test_counts_include_evicted_articles() -> None:
    state = empty_memory(max_articles=10)

    remember(state, [0] * 15)

    assert state.counts.forgotten == 5
