import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.memory.eviction import PASS_SIZE, EvictionQueue


def line_of(values: list[int]) -> tuple[EvictionQueue, np.ndarray, np.ndarray]:
    column = np.array(values, dtype=np.int64)
    sequences = np.arange(1, len(values) + 1)
    names = np.arange(len(values), dtype=np.uint64)
    return EvictionQueue(column, sequences, (names, names)), column, sequences


def taken(line: EvictionQueue, sequences: np.ndarray) -> list[int]:
    places = []
    while (entry := line.peek(newest=10**9)) is not None:
        places.append(entry.row)
        sequences[entry.row] = 0
    return places


@given(st.lists(st.integers(0, 9), max_size=50))
def test_first_gives_all_in_order_of_value_then_name(values: list[int]) -> None:
    line, _, sequences = line_of(values)

    assert taken(line, sequences) == sorted(range(len(values)), key=lambda at: (values[at], at))


def test_a_column_longer_than_the_line_comes_in_order_too() -> None:
    values = np.random.default_rng(1).integers(0, 500, 5 * PASS_SIZE).tolist()
    line, _, sequences = line_of(values)

    assert taken(line, sequences) == sorted(range(len(values)), key=lambda at: (values[at], at))


def test_first_leaves_out_who_is_too_new_until_it_is_offered() -> None:
    line, _, _ = line_of([3, 2, 1])

    first = line.peek(newest=2)
    line.push(2)
    second = line.peek(newest=3)

    assert first is not None
    assert second is not None
    assert (first.row, second.row) == (1, 2)


def test_a_line_that_many_are_offered_to_stays_short_and_loses_nobody() -> None:
    count = 10 * PASS_SIZE
    line, column, sequences = line_of([0] * count)
    column[:] = np.random.default_rng(2).integers(0, 10**6, count)
    numbers, sequences[:] = sequences.copy(), 0
    line.peek(newest=0)
    for place in range(count):
        sequences[place] = numbers[place]
        line.push(place)

    assert taken(line, sequences) == np.lexsort((np.arange(count), column)).tolist()
