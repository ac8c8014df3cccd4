import pytest

from streams.records import ORIGIN_HEADER
from streams.records.origin import origin_of_message
from streams.records.topics import CLEAN, RAW, UNIQUE


@pytest.mark.parametrize(
    ("header", "origin"),
    [
        (b"articles.raw.v1-0-4", "articles.raw.v1-0-4"),
        (b"articles.clean.v1-0-4", "articles.clean.v1-0-4"),
        (b"", "articles.unique.v1-3-17"),
        (b"\xff", "articles.unique.v1-3-17"),
        (b"articles.raw.v1", "articles.unique.v1-3-17"),
        (b"articles.raw.v1-0-four", "articles.unique.v1-3-17"),
        (b"articles.raw.v1-0-+4", "articles.unique.v1-3-17"),
        (b"orders-0-4", "articles.unique.v1-3-17"),
        (b"a" * 300 + b"-0-4", "articles.unique.v1-3-17"),
    ],
)
def test_origin_is_header_of_stage_else_position(header: bytes, origin: str) -> None:
    headers = [("x", b"1"), (ORIGIN_HEADER, header)]

    assert str(origin_of_message(UNIQUE.name, 3, 17, headers)) == origin


@pytest.mark.parametrize("header", [b"articles.raw.v1-0-4", b"articles.raw.v1-3-18", b"x"])
def test_header_is_never_believed_where_article_enters(header: bytes) -> None:
    origin = origin_of_message(RAW.name, 3, 17, [(ORIGIN_HEADER, header)])

    assert str(origin) == "articles.raw.v1-3-17"


def test_null_header_is_no_origin() -> None:
    origin = origin_of_message(CLEAN.name, 0, 5, [(ORIGIN_HEADER, None)])  # type: ignore[list-item]  # Kafka allows null

    assert str(origin) == "articles.clean.v1-0-5"
