from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from streams.worker.blob_file import BlobFile

ACTIONS = st.lists(st.one_of(st.binary(max_size=300), st.integers(0, 20)), max_size=40)


@given(ACTIONS)
def test_a_shelf_gives_back_what_was_put_until_it_is_dropped(actions: list[bytes | int]) -> None:
    shelf, expected = BlobFile(), {}
    for action in actions:
        if isinstance(action, bytes):
            expected[shelf.put(action)] = action
        elif expected:
            number = sorted(expected)[action % len(expected)]
            del expected[number]
            shelf.drop(number)

    assert {number: shelf.get(number) for number in expected} == expected


def test_room_that_was_given_up_is_used_again(tmp_path: Path) -> None:
    shelf = BlobFile(tmp_path)
    number = shelf.put(b"x" * 100)
    shelf.drop(number)

    assert shelf.put(b"y" * 90) == number
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.binary(max_size=300)), st.lists(st.binary(max_size=300)), st.integers(0, 9))
def test_values_that_are_put_together_are_given_back(
    before: list[bytes], values: list[bytes], dropped: int
) -> None:
    shelf = BlobFile()
    expected = {shelf.put(value): value for value in before}
    left = dict(list(expected.items())[dropped:])
    for number in expected.keys() - left.keys():
        shelf.drop(number)

    left |= dict(zip(shelf.put_all(values), values, strict=True))

    assert len(left) == max(0, len(before) - dropped) + len(values)
    assert {number: shelf.get(number) for number in left} == left
