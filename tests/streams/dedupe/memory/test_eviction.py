import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.memory.eviction import PASS_SIZE, EvictionQueue


def queue_of(values: list[int]) -> tuple[EvictionQueue, np.ndarray, np.ndarray]:
    column = np.array(values, dtype=np.int64)
    sequences = np.arange(1, len(values) + 1)
    names = np.arange(len(values), dtype=np.uint64)
    return EvictionQueue(column, sequences, (names, names)), column, sequences


def drain(queue: EvictionQueue, sequences: np.ndarray) -> list[int]:
    places = []
    while (entry := queue.peek(newest=10**9)) is not None:
        places.append(entry.row)
        sequences[entry.row] = 0
    return places


@given(st.lists(st.integers(0, 9), max_size=50))
def test_peek_returns_all_in_order_of_value_then_id(values: list[int]) -> None:
    queue, _, sequences = queue_of(values)

    assert drain(queue, sequences) == sorted(range(len(values)), key=lambda at: (values[at], at))


def test_peek_keeps_order_beyond_pass_size() -> None:
    values = np.random.default_rng(1).integers(0, 500, 5 * PASS_SIZE).tolist()
    queue, _, sequences = queue_of(values)

    assert drain(queue, sequences) == sorted(range(len(values)), key=lambda at: (values[at], at))


def test_peek_leaves_out_newer_entries_until_pushed() -> None:
    queue, _, _ = queue_of([3, 2, 1])

    first = queue.peek(newest=2)
    queue.push(2)
    second = queue.peek(newest=3)

    assert first is not None
    assert second is not None
    assert (first.row, second.row) == (1, 2)


def test_push_keeps_queue_short_and_complete() -> None:
    count = 10 * PASS_SIZE
    queue, column, sequences = queue_of([0] * count)
    column[:] = np.random.default_rng(2).integers(0, 10**6, count)
    numbers, sequences[:] = sequences.copy(), 0
    queue.peek(newest=0)
    for place in range(count):
        sequences[place] = numbers[place]
        queue.push(place)

    assert drain(queue, sequences) == np.lexsort((np.arange(count), column)).tolist()
