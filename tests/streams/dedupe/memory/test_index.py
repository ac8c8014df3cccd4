from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.memory.index import SEGMENT, KeyArray, KeyIndex, Slots

SLOTS = 3
ROWS: Slots = np.arange(SLOTS)
KEYS = st.lists(
    st.tuples(
        *[st.sampled_from([0, 2**11 + 1, 2**18 + 2, 2**31 + 3, 2**32 - 1])] * SLOTS,
        st.integers(0, 7),
    ),
    max_size=40,
)


def index() -> KeyIndex:
    return KeyIndex(slots=SLOTS, segments=6)


def keys(*values: int) -> KeyArray:
    return np.array(values, dtype=np.uint32)


def found(table: KeyIndex, row: tuple[int, ...]) -> list[int]:
    return sorted(table.find(keys(*row[:SLOTS]), ROWS).tolist())


def has(row: tuple[int, ...]) -> np.ndarray:
    return np.array([bool(row[SLOTS] >> slot & 1) for slot in range(SLOTS)])


@given(KEYS, st.sets(st.integers(0, 40)))
def test_find_returns_row_once_per_shared_key(rows, freezes) -> None:
    table = index()
    expected: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        if number in sorted(freezes)[:2]:
            table.freeze()
        place = table.extend(keys(*row[:SLOTS])[None, :], has(row)[None, :])
        for slot in np.flatnonzero(has(row)).tolist():
            expected[slot, row[slot]].append(place)

    for row in rows:
        wanted = [place for slot in range(SLOTS) for place in expected[slot, row[slot]]]
        assert found(table, row) == sorted(wanted)


def test_find_searches_only_given_slots() -> None:
    table = index()
    place = table.extend(keys(1, 2, 3)[None, :], np.ones(SLOTS, dtype=np.bool_)[None, :])

    assert table.find(keys(2), np.array([1])).tolist() == [place]
    assert table.find(keys(2), np.array([0])).tolist() == []


def test_merge_keeps_alive_articles_and_returns_former_rows() -> None:
    table = index()
    everything = np.ones(SLOTS, dtype=np.bool_)
    for start in (10, 20):
        for number in range(3):
            table.extend(keys(start + number, 7 << 20, 9 << 24)[None, :], everything[None, :])
        table.freeze()

    target, former = table.merge([0, 1], lambda _segment: np.array([0, 2]))

    assert former.tolist() == [0, 2, SEGMENT, SEGMENT + 2]
    assert target not in (0, 1, table.tail)
    assert table.find(keys(7 << 20), np.array([1])).tolist() == [
        target * SEGMENT + number for number in range(4)
    ]


def test_dropped_segment_is_reused() -> None:
    table = index()
    for number in range(20):
        table.extend(keys(number, number, number)[None, :], np.ones(SLOTS, dtype=np.bool_)[None, :])
        frozen = table.tail
        table.freeze()
        table.drop(frozen)

    assert table.find(keys(3), np.array([0])).tolist() == []


def test_find_of_common_key_is_bounded() -> None:
    table = index()
    for _ in range(600):
        table.extend(keys(5, 5, 5)[None, :], np.ones(SLOTS, dtype=np.bool_)[None, :])

    assert 200 <= len(table.find(keys(5), np.array([0]))) <= 600


@given(KEYS, st.sets(st.integers(0, 40)), st.integers(0, 40))
def test_merge_changes_only_rows(rows, dead, half) -> None:
    table = KeyIndex(slots=SLOTS, segments=6, segment=50)
    cut = min(half, len(rows))
    for part in (rows[:cut], rows[cut:]):
        for row in part:
            table.extend(keys(*row[:SLOTS])[None, :], has(row)[None, :])
        table.freeze()
    alive = [
        np.array([n for n in range(size) if start + n not in dead], dtype=np.int64)
        for start, size in ((0, cut), (cut, len(rows) - cut))
    ]
    before = [set(found(table, row)) for row in rows]

    target, former = table.merge([0, 1], lambda segment: alive[segment])

    moved = {place: target * 50 + number for number, place in enumerate(former.tolist())}
    expected = [{moved[place] for place in places if place in moved} for places in before]
    assert [set(found(table, row)) for row in rows] == expected


def test_find_returns_articles_added_in_bulk() -> None:
    table = index()
    rows = np.random.default_rng(1).integers(0, 2**32, (3000, SLOTS), dtype=np.uint32)
    table.extend(rows, np.ones((3000, SLOTS), dtype=np.bool_))

    assert [found(table, tuple(row)) for row in rows.tolist()[::100]] == [
        [number] * SLOTS for number in range(0, 3000, 100)
    ]
