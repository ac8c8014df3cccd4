import pytest

from streams.kafka.read import partition_for
from streams.records import (
    DecodeError,
    DuplicateArticle,
    EnrichedArticle,
    Record,
    encode,
    topic_named,
)
from streams.records.codec import decode_one_of
from tests.support.builders import duplicate_article, enriched_article


# The hashes are those that Kafka's own UtilsTest.testMurmur2 expects.
@pytest.mark.parametrize(
    ("key", "murmur2"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
    ],
)
@pytest.mark.parametrize("n_partitions", [1, 8, 12])
def test_partition_for_agrees_with_java(key: bytes, murmur2: int, n_partitions: int) -> None:
    assert partition_for(key, n_partitions) == (murmur2 & 0x7FFFFFFF) % n_partitions


@pytest.mark.parametrize("record", [enriched_article(), duplicate_article()])
def test_decode_one_of_distinguishes_duplicates(record: Record) -> None:
    assert decode_one_of(encode(record), topic_named("routed.europe.v1").records) == record


def test_decode_one_of_error_names_missing_field() -> None:
    data = b'{"id": "014c234b-613a-59e0-bc40-ddd166be2cc2", "source": "x"}'

    with pytest.raises(DecodeError, match="fetched"):
        decode_one_of(data, (EnrichedArticle, DuplicateArticle))
