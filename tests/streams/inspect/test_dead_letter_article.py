from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inspect.dead_letter_article import DeadLetterArticle, article_in
from streams.records import DeadLetter, encode
from tests.support.builders import clean_article, raw_article

NOTHING = DeadLetterArticle()


def letter(value: bytes | None) -> DeadLetter:
    """A dead letter with these bytes."""
    time = datetime(2026, 3, 1, tzinfo=UTC)
    return DeadLetter(stage="clean", reason="not_json", detail="", time=time, value=value)


@pytest.mark.parametrize("article", [raw_article(), clean_article()], ids=["raw", "clean"])
@pytest.mark.parametrize("n_lost", [0, 1, 20], ids=["whole", "last-byte", "cut-off"])
def test_article_of_a_record(article: object, n_lost: int) -> None:
    data = encode(article)  # type: ignore[arg-type]  # both are records

    found = article_in(letter(data[: len(data) - n_lost]))

    assert (found.source, found.url) == (article.source, article.url)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, NOTHING, id="no-value"),
        pytest.param(b"\xff\x00", NOTHING, id="binary"),
        pytest.param(b"[1, 2]", NOTHING, id="list"),
        pytest.param(b'"url": "https://a.test/"', NOTHING, id="no-object"),
        pytest.param(b'{"url": 7, "source": "a"}', DeadLetterArticle(source="a"), id="number"),
        pytest.param(b'{"url": "\\u0041"', DeadLetterArticle(url="A"), id="escape"),
        pytest.param(b'{"url": "https://a.test/', NOTHING, id="cut-off-in-url"),
    ],
)
def test_article_of_other_bytes(value: bytes | None, expected: DeadLetterArticle) -> None:
    assert article_in(letter(value)) == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_error(value: bytes) -> None:
    assert isinstance(article_in(letter(b"{" + value)), DeadLetterArticle)
