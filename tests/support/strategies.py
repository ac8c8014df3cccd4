"""Hypothesis strategies: records, queries, URLs, dirty HTML, words; limits of examples."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from hypothesis import provisional, settings
from hypothesis import strategies as st

import streams.records.record
from streams.records import EnrichedArticle, Language, Record
from streams.route.query.ast import (
    WORD_FIELDS,
    ArticleKind,
    Near,
    Query,
    QueryClause,
    QueryField,
    conjunction,
    disjunction,
    negation,
)
from tests.support.builders import enriched_article, entity

R = TypeVar("R", bound=Record)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
"""Any text that UTF-8 can encode, control characters and unassigned ones included."""

ARTICLE_ID = msgspec.inspect.type_info(streams.records.record.ArticleId).pattern  # type: ignore[attr-defined]  # it is a text
"""Pattern of article ids; `uuids` generates them faster than `from_regex`."""

WORDS = st.sampled_from(
    [
        *(
            "bridge",
            "Brücke",
            "Bruecke",
            "MINISTER",
            "talks",
            "straße",
            "été",
            "мост",
            "橋",
            "日橋",
        ),
        *("G7", "g-7", "40", "1,040", "1040", "U.S.", "US", "us", "e-mail", "E-Mail-", "email"),
    ]
)
"""A few words, so that texts often share some; several scripts, with accents and capitals, and
different spellings of one word."""


def at_most(n_examples: int) -> settings:
    """Limit the examples of a property that takes 50 ms or more for each.

    CI tries 200 examples of a property, a developer 50, and `make test-quick` 15.
    """
    return settings(max_examples=min(n_examples, settings().max_examples))


def records(record: type[R]) -> st.SearchStrategy[R]:
    """Return any valid value of a record: each field as its type and constraints allow."""
    info = msgspec.inspect.type_info(record)
    assert isinstance(info, msgspec.inspect.StructType)
    required = {field.name: _values(field.type) for field in info.fields if field.required}
    optional = {field.name: _values(field.type) for field in info.fields if not field.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda fields: record(**fields))


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Return any value of a field, by msgspec's description of its type."""
    for described, values in _BY_TYPE.items():
        if isinstance(kind, described):
            return values(kind)
    raise NotImplementedError(f"a strategy for {kind}")


def _texts(kind: msgspec.inspect.StrType) -> st.SearchStrategy[str]:
    if kind.pattern == ARTICLE_ID:
        return st.uuids().map(str)
    if kind.pattern is not None:
        return st.from_regex(kind.pattern.rstrip("$") + r"\Z")
    characters = st.characters(exclude_categories=["Cs"])
    return st.text(characters, min_size=kind.min_length or 0, max_size=40)


def _integers(kind: msgspec.inspect.IntType) -> st.SearchStrategy[int]:
    return st.integers(kind.ge if kind.ge is not None else -(2**63), kind.le or 2**63 - 1)


def _times(_kind: msgspec.inspect.DateTimeType) -> st.SearchStrategy[datetime]:
    first, last = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001  # hypothesis adds it
    return st.datetimes(first, last, timezones=st.just(UTC))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXT, values, max_size=3),
    max_leaves=5,
)
"""Any JSON value."""

_BY_TYPE: dict[type, Callable[[Any], st.SearchStrategy[Any]]] = {
    msgspec.inspect.AnyType: lambda _kind: _JSON,
    msgspec.inspect.StrType: _texts,
    msgspec.inspect.IntType: _integers,
    msgspec.inspect.FloatType: lambda kind: st.floats(kind.ge, kind.le, allow_nan=False),
    msgspec.inspect.BoolType: lambda _kind: st.booleans(),
    msgspec.inspect.NoneType: lambda _kind: st.none(),
    msgspec.inspect.BytesType: lambda _kind: st.binary(max_size=40),
    msgspec.inspect.DateTimeType: _times,
    msgspec.inspect.EnumType: lambda kind: st.sampled_from(list(kind.cls)),
    msgspec.inspect.StructType: lambda kind: records(kind.cls),
    msgspec.inspect.VarTupleType: lambda kind: st.lists(_values(kind.item_type), max_size=3).map(
        tuple
    ),
    msgspec.inspect.TupleType: lambda kind: st.tuples(*map(_values, kind.item_types)),
    msgspec.inspect.DictType: lambda kind: st.dictionaries(
        _values(kind.key_type), _values(kind.value_type), max_size=3
    ),
    msgspec.inspect.UnionType: lambda kind: st.one_of(*map(_values, kind.types)),
}


def clauses() -> st.SearchStrategy[QueryClause]:
    """Return clauses over the few words of `WORDS`, so that they often match."""
    phrase = st.lists(WORDS, min_size=1, max_size=2).map(" ".join)
    fields = [QueryField.ANY, QueryField.TITLE, QueryField.TEXT, QueryField.ENTITY]
    return st.one_of(
        st.builds(
            QueryClause,
            st.sampled_from([*fields, QueryField.SOURCE, QueryField.TOPIC]),
            phrase,
            st.booleans(),
        ),
        st.builds(
            QueryClause,
            st.sampled_from(sorted(WORD_FIELDS)),
            phrase,
            st.booleans(),
            near=st.none() | st.builds(Near, phrase, exact=st.booleans()),
            exact=st.booleans(),
        ),
        st.builds(QueryClause, st.just(QueryField.LANGUAGE), st.sampled_from(["en", "de"])),
        st.builds(
            QueryClause, st.just(QueryField.DOMAIN), st.sampled_from(["news.test", "test", "a.b"])
        ),
        st.builds(
            QueryClause,
            st.sampled_from(sorted(WORD_FIELDS)),
            st.lists(WORDS, min_size=2, max_size=3).map(" ".join),
            st.booleans(),
            st.integers(1, 3),
            exact=st.booleans(),
        ),
        st.builds(
            QueryClause,
            st.sampled_from(sorted(WORD_FIELDS)),
            phrase,
            st.booleans(),
            near=st.builds(Near, phrase, st.booleans(), st.integers(0, 2)),
        ),
        st.builds(QueryClause, st.just(QueryField.TYPE), st.sampled_from(["gpe", "person"])),
        st.builds(
            QueryClause,
            st.just(QueryField.PUBLISHED),
            st.sampled_from(["2026", "2026-03-02..", "1987"]),
        ),
        st.builds(
            QueryClause,
            st.just(QueryField.KIND),
            st.sampled_from([kind.value for kind in ArticleKind]),
        ),
    )


def queries() -> st.SearchStrategy[Query]:
    """Return queries of a few clauses, flattened as the parser does it."""
    return st.recursive(
        clauses(),
        lambda parts: st.one_of(
            parts.map(negation),
            st.lists(parts, min_size=1, max_size=3).map(conjunction),
            st.lists(parts, min_size=1, max_size=3).map(disjunction),
        ),
        max_leaves=6,
    )


def articles() -> st.SearchStrategy[EnrichedArticle]:
    """Return articles of the few words that the queries contain."""
    text = st.lists(WORDS, max_size=4).map(" ".join)
    return st.builds(
        enriched_article,
        title=text,
        text=text,
        url=st.sampled_from(["https://news.test/1", "https://www.a.b/2"]),
        entities=st.lists(WORDS.map(entity), max_size=2).map(tuple),
        language=st.sampled_from([Language(code="en"), Language(code="de")]),
        agency=text,
        section=st.lists(WORDS, max_size=2).map(" / ".join),
    )


def urls() -> st.SearchStrategy[str]:
    """Return absolute http and https URLs, with everything that RFC 3986 allows."""
    return provisional.urls()


def dirty_html() -> st.SearchStrategy[str]:
    """Return markup that is not closed, nested or escaped correctly."""
    pieces = st.one_of(
        TEXT,
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div",
                ">",
                "<script>",
                "</script>",
                "<!--",
                "&amp",
                "&#0;",
                "<table><p>",
            ]
        ),
        st.sampled_from(
            ["<a href='", '"', "<![CDATA[", "<br/>", "</article>", "<h1>", "\x00", "\ufeff"]
        ),
    )
    return st.lists(pieces, max_size=20).map("".join)
