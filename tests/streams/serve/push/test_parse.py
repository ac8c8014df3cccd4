"""Bodies of pushes: every line becomes an article or is reported."""

import gzip
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.serve.push.parse import MAX_LINES, LineProblem, ReadLine, parse_articles

NOW = datetime(2026, 3, 1, tzinfo=UTC)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(
    ["id", "source", "url", "title", "text", "html", "body", "published", "authors", "fetched", "x"]
)
line_values = st.dictionaries(fields, json_values | st.text(max_size=20), max_size=6)


def on_one_line(data: bytes) -> bytes:
    """Bytes without a line feed."""
    return data.replace(b"\n", b" ")


def read(body: bytes, *, lines: bool = True) -> tuple[list[ReadLine], list[LineProblem]]:
    """Read a body."""
    return parse_articles(body, lines=lines, source="wire", fetched=NOW)


def problem_fields(value: Any) -> list[str]:
    """Return the invalid fields of one article."""
    return [problem.field for problem in read(orjson.dumps(value), lines=False)[1]]


@given(st.lists(line_values.map(orjson.dumps) | st.binary(max_size=40).map(on_one_line)))
@example([b"0\0"])
@example([b'"\x80"'])
@example([b"null", b"[]", b"3", b'"x"', b"\xff", b"{}", b'{"title": "\\ud800"}'])
def test_every_line_yields_article_or_problem(some: list[bytes]) -> None:
    articles, problems = read(b"\n".join(some))

    wanted = {number for number, line in enumerate(some, start=1) if line.strip()}
    taken = {article.line for article in articles}
    refused = {problem.line for problem in problems}
    assert taken | refused == wanted
    assert not taken & refused
    assert all(problem.detail and problem.reason for problem in problems)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"title": "Rain"}, []),
        ({"title": 3}, ["title"]),
        ({"title": 3, "url": [], "published": {}}, ["title", "url", "published"]),
        ({"authors": [1], "title": "x"}, ["authors[0]"]),
        ({"title": "x", "fetched": "yesterday"}, ["fetched"]),
        ({"title": "x", "body": "no base64!"}, ["body"]),
        ({"title": "x", "source": "s" * 501}, ["source"]),
        ({"title": "x", "published": "the day before yesterday"}, ["published"]),
        ({"title": "x", "published": "2026-02-30"}, ["published"]),
        ({"title": "x", "published": "Mon, 02 Mar 2026 09:30:00 GMT"}, []),
        ({"title": "x", "published": 1772443800}, []),
        ({"title": "x", "published": ""}, []),
        ({"title": "x", "headline": "y", "a`b": 1}, ["headline", "a'b"]),
        ({"titel": "x"}, ["", "titel"]),
        ({}, [""]),
        ([], [""]),
    ],
)
def test_every_invalid_field_is_named(value: Any, expected: list[str]) -> None:
    assert sorted(problem_fields(value)) == sorted(expected)


def test_json_lines_sent_as_json_get_hint() -> None:
    _, (problem,) = read(b'{"title": "a"}\n{"title": "b"}', lines=False)

    assert "application/x-ndjson" in problem.detail


def test_article_may_span_several_lines() -> None:
    articles, problems = read(b'{\n "title":\n "Rain"\n}\n', lines=False)

    assert (articles[0].article.title, problems) == ("Rain", [])


def test_too_many_lines_are_reported() -> None:
    articles, (problem,) = read(b'{"title": "x"}\n' * (MAX_LINES + 5))

    assert (len(articles), problem.line, problem.reason) == (MAX_LINES, MAX_LINES + 1, "too_large")


def test_unpacked_size_is_limited_per_request() -> None:
    bomb = b64encode(gzip.compress(b"x" * (15 << 20), mtime=0)).decode()
    line = orjson.dumps({"body": bomb, "encoding": "gzip", "content_type": "text/plain"})

    articles, (problem,) = read(b"\n".join([line] * 10))

    assert (len(articles), problem.line, problem.reason) == (5, 6, "too_large")


def test_unpacked_size_of_refused_lines_is_limited() -> None:
    bomb = b64encode(gzip.compress(bytes(15 << 20), mtime=0)).decode()
    line = orjson.dumps({"body": bomb, "encoding": "gzip", "content_type": "text/plain"})

    articles, problems = read(b"\n".join([line] * 10))

    assert not articles
    assert [problem.reason for problem in problems] == ["unreadable_body"] * 5 + ["too_large"]


DEEP = 5000


@pytest.mark.parametrize(
    "line",
    [
        b'{"title": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"title": "Rain", "http": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
        b'{"authors": ' + b"[" * DEEP + b"]" * DEEP + b', "title": 3}',
        b'{"title": 3, "extra": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b"[" * DEEP,
    ],
    ids=["known field", "object", "two fields", "unknown field", "no object"],
)
def test_deep_nesting_is_a_problem_of_its_line(line: bytes) -> None:
    articles, problems = read(line + b'\n{"title": "Rain"}')

    assert [found.line for found in articles] == [2]
    assert {found.line for found in problems} == {1}


@pytest.mark.parametrize(
    ("value", "field", "reason"),
    [
        ({"url": "javascript:alert(1)", "title": "x"}, "url", "unusable_url"),
        ({"url": "ftp://news.test/a", "title": "x"}, "url", "unusable_url"),
        ({"url": "/rain", "text": "It rained."}, "url", "unusable_url"),
        ({"url": "https://", "text": "It rained."}, "url", "unusable_url"),
        ({"url": "https://news.test/a", "text": ""}, "", "empty_article"),
        ({"title": " ", "summary": "\n", "text": "\t"}, "", "empty_article"),
        ({"title": "&nbsp;", "html": ""}, "", "empty_article"),
        ({"title": "x", "text": "\x01\x02\x03" * 50}, "", "unreadable_body"),
        ({"title": "x", "text": "It rained. " * 1000}, "", "too_large"),
        ({"title": "x", "html": "<p " + "a=1 " * 2000 + ">"}, "", "too_large"),
    ],
)
def test_what_clean_is_sure_to_refuse_is_refused(
    value: dict[str, str], field: str, reason: str
) -> None:
    articles, (problem,) = parse_articles(
        orjson.dumps(value), lines=False, source="w", fetched=NOW, max_page_bytes=10_000
    )

    assert not articles
    assert (problem.field, problem.reason) == (field, reason)
    assert problem.detail


@pytest.mark.parametrize("fetched", ["2199-01-01T00:00:00Z", "2026-03-02T23:59:59+00:00"])
def test_time_of_fetching_is_not_later_than_now(fetched: str) -> None:
    (line,), _ = read(orjson.dumps({"title": "x", "fetched": fetched}), lines=False)

    assert line.article.fetched == min(NOW, datetime.fromisoformat(fetched))
