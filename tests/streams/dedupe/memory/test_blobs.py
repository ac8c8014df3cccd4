from streams.dedupe.memory.blobs import MemoryBlobStore


def test_a_shelf_gives_back_each_value_under_its_own_number() -> None:
    blobs = MemoryBlobStore()
    numbers = [blobs.put(b"rain"), *blobs.put_all([b"", b"rain"])]
    blobs.drop(numbers[0])

    assert [blobs.get(number) for number in numbers[1:]] == [b"", b"rain"]
    assert len(set(numbers)) == 3
