import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.worker.blob_file import AT_ONCE_BYTES, BlobFile

ACTIONS = st.lists(st.one_of(st.binary(max_size=300), st.integers(0, 20)), max_size=40)


@given(ACTIONS)
def test_blob_file_returns_values_until_dropped(actions: list[bytes | int]) -> None:
    store, expected = BlobFile(), {}
    for action in actions:
        if isinstance(action, bytes):
            expected[store.put(action)] = action
        elif expected:
            number = sorted(expected)[action % len(expected)]
            del expected[number]
            store.drop(number)

    assert {number: store.get(number) for number in expected} == expected


def test_blob_file_reuses_space_of_dropped_values(tmp_path: Path) -> None:
    store = BlobFile(tmp_path)
    number = store.put(b"x" * 100)
    store.drop(number)

    assert store.put(b"y" * 90) == number
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.binary(max_size=300)), st.lists(st.binary(max_size=300)), st.integers(0, 9))
def test_put_all_stores_every_value(before: list[bytes], values: list[bytes], dropped: int) -> None:
    store = BlobFile()
    expected = {store.put(value): value for value in before}
    left = dict(list(expected.items())[dropped:])
    for number in expected.keys() - left.keys():
        store.drop(number)

    left |= dict(zip(store.put_all(values), values, strict=True))

    assert len(left) == max(0, len(before) - dropped) + len(values)
    assert {number: store.get(number) for number in left} == left


def short_write(descriptor: int, data: memoryview, position: int) -> int:
    """Write at most 100 bytes, as a disk that is nearly full may."""
    return os.pwrite(descriptor, data[:100], position)


def test_blob_file_completes_short_writes() -> None:
    store = BlobFile(pwrite=short_write)
    values = [bytes([number]) * (AT_ONCE_BYTES // 3) for number in range(8)]
    numbers = [store.put(value) for value in values[:4]]
    store.drop(numbers.pop(0))
    numbers += [*store.put_all(values[4:])]

    assert [store.get(number) for number in numbers] == values[1:]


def test_blob_file_raises_if_the_disk_is_full() -> None:
    def full(_descriptor: int, _data: memoryview, _position: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        BlobFile(pwrite=full).put(b"x" * (AT_ONCE_BYTES + 1))
