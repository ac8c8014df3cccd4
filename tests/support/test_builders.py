"""Builders return valid records, whatever is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import RawArticle, Record, article_id, decode, encode
from tests.support.builders import (
    clean_article,
    duplicate_article,
    enriched_article,
    entity,
    mention,
    raw_article,
    unique_article,
)
from tests.support.strategies import TEXT, records

ARTICLES = [clean_article, duplicate_article, enriched_article, unique_article]


@pytest.mark.parametrize("build", [raw_article, entity, *ARTICLES])
def test_builders_return_the_same_valid_record(build) -> None:
    assert decode(encode(build()), type(build())) == build()


@pytest.mark.parametrize("build", ARTICLES)
@given(text=st.lists(TEXT, max_size=4).map("\n\n".join))
def test_paragraphs_follow_the_text(build, text: str) -> None:
    article = build(text=text)
    covered = "".join(article.text[part.start : part.end] for part in article.paragraphs)

    assert "".join(covered.split()) == "".join(text.split())


def test_id_follows_url_or_external_id() -> None:
    assert clean_article(url="https://news.test/b").id == article_id(url="https://news.test/b")
    assert raw_article(url="", external_id="7").id == article_id(
        source="test-feed", external_id="7"
    )


def test_mention_is_at_its_offsets() -> None:
    text = "Rain in Russia."

    found = mention("Russia", within=text)

    assert text[found.start : found.end] == found.surface == "Russia"


def test_invalid_change_is_refused() -> None:
    with pytest.raises(ValueError, match="not_this_record"):
        clean_article(id="7")


@given(records(RawArticle))
def test_records_have_the_requested_type(record: Record) -> None:
    assert isinstance(record, RawArticle)
