"""The identity of an article: the first of URL, external id, title and body."""

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.records.identity import article_id


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"url": "https://news.example/a"}, "ef8aae20-7662-5fe1-a598-acc7ea739e02"),
        ({"source": "wire", "external_id": "7"}, "90171edb-f4ed-51d0-a57b-33dcc39c65c4"),
        ({"title": "Rain", "body": b"It rains."}, "ca0b59c7-fe2e-57b0-b715-0134dfc5e69b"),
        ({}, "1c625fdd-b42b-52ec-8d48-8fb4aa9e8fca"),
    ],
)
def test_article_id_never_changes(given_, expected: str) -> None:
    assert article_id(**given_) == expected


@given(st.text(min_size=1), st.text(), st.text(), st.text(), st.binary())
def test_article_id_depends_on_the_url_only(url, source, external_id, title, body) -> None:
    full = article_id(url=url, source=source, external_id=external_id, title=title, body=body)

    assert full == article_id(url=url)


@given(st.text(), st.text(min_size=1), st.text(), st.binary())
def test_article_id_of_an_external_id_depends_on_the_source(
    source, external_id, title, body
) -> None:
    full = article_id(source=source, external_id=external_id, title=title, body=body)

    assert full == article_id(source=source, external_id=external_id)


@given(st.text(), st.binary(), st.text(), st.binary())
def test_article_id_depends_on_title_and_body(title, body, other_title, other_body) -> None:
    assume(
        f"{title}\n".encode("utf-8", "surrogatepass") + body
        != f"{other_title}\n".encode("utf-8", "surrogatepass") + other_body
    )

    assert article_id(title=title, body=body) != article_id(title=other_title, body=other_body)


@given(st.text(), st.text(), st.text(), st.text(), st.binary())
def test_article_id_is_a_uuid_of_version_5(url, source, external_id, title, body) -> None:
    name = article_id(url=url, source=source, external_id=external_id, title=title, body=body)

    assert UUID(name).version == 5
    assert str(UUID(name)) == name
