from streams.dedupe.memory.blobs import MemoryBlobStore


def test_memory_blob_store_returns_values_by_number() -> None:
    blobs = MemoryBlobStore()
    numbers = [blobs.put(b"rain"), *blobs.put_all([b"", b"rain"])]
    blobs.drop(numbers[0])

    assert [blobs.get(number) for number in numbers[1:]] == [b"", b"rain"]
    assert len(set(numbers)) == 3
