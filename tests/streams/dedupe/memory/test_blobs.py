from streams.dedupe.memory.blobs import MemoryBlobStore


def test_a_shelf_gives_back_each_value_under_its_own_number() -> None:
    shelf = MemoryBlobStore()
    numbers = [shelf.put(b"rain"), *shelf.put_all([b"", b"rain"])]
    shelf.drop(numbers[0])

    assert [shelf.get(number) for number in numbers[1:]] == [b"", b"rain"]
    assert len(set(numbers)) == 3
