"""Parsing queries, and the errors of invalid ones."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.route.query.ast import (
    And,
    Near,
    Not,
    Or,
    QueryClause,
    QueryField,
    conjunction,
    negation,
    query_text,
)
from streams.route.query.errors import QuerySyntaxError
from streams.route.query.grammar import MAX_CHARS, parse_query
from tests.support.strategies import queries

A, B, C = (QueryClause(QueryField.ANY, value) for value in "abc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("(a)", A),
        ("a and b", And((A, B))),
        ("a or b and c", Or((A, And((B, C))))),
        ("(a or b) and c", And((Or((A, B)), C))),
        ("a and not b", And((A, Not(B)))),
        ("a AND Not(b or c)", And((A, Not(Or((B, C)))))),
        ("not not a", A),
        ("a\n  or\tb", Or((A, B))),
        ('"foreign minister"', QueryClause(QueryField.ANY, "foreign minister")),
        (r'"say \"no\""', QueryClause(QueryField.ANY, 'say "no"')),
        ('TITLE:"sport*"', QueryClause(QueryField.TITLE, "sport", prefix=True)),
        ("text:sport*", QueryClause(QueryField.TEXT, "sport", prefix=True)),
        ("any:a", A),
        ("entity:Q159", QueryClause(QueryField.ENTITY, "Q159")),
        ("entity:geonames:12", QueryClause(QueryField.ENTITY, "geonames:12")),
        ("language:EN", QueryClause(QueryField.LANGUAGE, "en")),
        ("domain:Münster.DE", QueryClause(QueryField.DOMAIN, "xn--mnster-3ya.de")),
        ("kind:Copy", QueryClause(QueryField.KIND, "copy")),
        ("type:Person", QueryClause(QueryField.TYPE, "person")),
        ("published:2026-03", QueryClause(QueryField.PUBLISHED, "2026-03")),
        ("published:2026-03-01t08:00..", QueryClause(QueryField.PUBLISHED, "2026-03-01T08:00..")),
        ('"foreign minister"~3', QueryClause(QueryField.ANY, "foreign minister", slop=3)),
        ('title:"prime min*"~1', QueryClause(QueryField.TITLE, "prime min", prefix=True, slop=1)),
        ('"foreign minister"~0', QueryClause(QueryField.ANY, "foreign minister")),
        ("a near b", QueryClause(QueryField.ANY, "a", near=Near("b", within=10))),
        ("a near/3 bc*", QueryClause(QueryField.ANY, "a", near=Near("bc", prefix=True, within=3))),
        (
            'c and text:"a b" NEAR/0 "c d"',
            And((C, QueryClause(QueryField.TEXT, "a b", near=Near("c d", within=0)))),
        ),
        ("a and not b near c", And((A, Not(QueryClause(QueryField.ANY, "b", near=Near("c")))))),
        ("nearby", QueryClause(QueryField.ANY, "nearby")),
        ("title:near", QueryClause(QueryField.TITLE, "near")),
        ('a and "near"', And((A, QueryClause(QueryField.ANY, "near")))),
        ("nothing or order or android", parse_query('"nothing" or "order" or "android"')),
        ("e-mail or don't or R.E.M.", parse_query('"e-mail" or "don\'t" or "R.E.M."')),
        ('"not"', QueryClause(QueryField.ANY, "not")),
        ("title:not", QueryClause(QueryField.TITLE, "not")),
    ],
)
def test_parse_query_returns_tree(text: str, expected) -> None:
    assert parse_query(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("", 1, "empty; expected a clause"),
        (" \n ", 1, "empty; expected a clause"),
        ("not a b", 7, "unexpected `b`; expected `and`, `or` or the end; several words need"),
        ("title:a b", 9, "several words need quotation marks"),
        ("a near b c", 10, "several words need quotation marks"),
        ("a b near c", 3, "several words need quotation marks"),
        ("language:=en", 10, "`=` has no meaning for `language`"),
        ('="a', 1, "a quotation mark that is never closed"),
        ("entity:United States", 15, "several words need quotation marks"),
        ("a and", 6, "unexpected end; expected `not`, `(`, `field:`, a word or a phrase"),
        ("a and or b", 7, "unexpected `or`; expected `not`"),
        ("or", 1, "unexpected `or`; expected `not`"),
        ("(a or b", 8, "unexpected end; expected `and`, `or` or `)`"),
        ("a)", 2, "unexpected `)`; expected `and`, `or` or the end"),
        ("()", 2, "unexpected `)`; expected `not`"),
        ("title:", 7, "unexpected end; expected a word or a phrase"),
        ("language:(en or de)", 10, "unexpected `(en`; expected a word or a phrase"),
        ('a and "b', 7, "a quotation mark that is never closed"),
        ('“a"', 1, "typographic quotation mark"),
        ("-sport", 1, "unexpected `-sport`; expected `not`"),
        ("col?r", 4, "unexpected `?r`"),
        ("titel:a", 1, "no field `titel`; expected any, title, text, entity"),
        ("https://news.test", 1, "no field `https`; expected any"),
        ("kind:old", 6, "no kind `old`; expected new, revision, copy, unchanged, correction"),
        ("language:english", 10, "no language code `english`; expected two or three letters"),
        ("language:en*", 10, "`*` has no meaning for `language`; expected the whole value"),
        ("domain:a/b", 8, "no domain `a/b`; expected one such as"),
        ('domain:".."', 8, "nothing to look for"),
        ('"a* b"', 1, "`*` in the middle; expected it after the last word only"),
        ("a*", 1, "`a*` is too short; expected two letters or more before `*`"),
        ("type:robot", 6, "no type `robot`; expected person, org, gpe"),
        ("published:tomorrow", 11, "no time `tomorrow`; expected `2026-03-01`"),
        ("published:2026-02-30", 11, "no day `2026-02-30` in the calendar"),
        ("published:2026..2025", 11, "ends before it begins"),
        ('a or "b"~2', 6, "`~2` has no meaning here; expected it after a phrase of two words"),
        ('source:"a b"~2', 8, "`~2` has no meaning here"),
        ('"a b"~51', 1, "`~51` is too far; expected at most 50 words between"),
        ('"a b"~99999999999999', 1, "is too far"),
        ('"a b"~', 6, "unexpected `~`"),
        ("a near/51 b", 3, "`near/51` is too far"),
        ("entity:Q1 near b", 11, "`near` has no meaning for `entity`; expected words of title"),
        ('"a b"~2 near c', 9, "`near` has no meaning for a phrase with `~`"),
        ('a near "b c"~2', 8, "`~` has no meaning beside `near`"),
        ("a near title:b", 13, "unexpected `:b`; expected `and`, `or` or the end"),
        ("a near b near c", 10, "unexpected `near`; expected `and`, `or` or the end"),
        ('"*"', 1, "nothing to look for in `*`; expected a letter or a digit"),
        ('a or "…"', 6, "nothing to look for in `…`; expected a letter or a digit"),
    ],
)
def test_parse_query_error_names_position_and_expectation(
    text: str, column: int, problem: str
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(text)

    assert problem in caught.value.problem
    assert caught.value.column == column


def test_parse_query_error_points_at_position_in_line() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("bridge\n  and titel:harbor\n  and toll")

    assert str(caught.value) == (
        "column 7: no field `titel`; expected any, title, text, entity, type, language, "
        "source, domain, topic, published, kind\n      and titel:harbor\n          ^"
    )
    assert caught.value.line == 2


@pytest.mark.parametrize("text", ["not a", "not (a and b)", "a or not b", "not a or not b"])
def test_parse_query_refuses_pure_exclusion(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="expected at least one clause without `not`"):
        parse_query(text)


def test_parse_query_refuses_long_text() -> None:
    with pytest.raises(QuerySyntaxError, match="longer than 10,000 characters"):
        parse_query("a" * (MAX_CHARS + 1))


def test_parse_query_refuses_deep_nesting() -> None:
    with pytest.raises(QuerySyntaxError, match="nested deeper than 30 levels"):
        parse_query("(a and (b or " * 300 + "c" + "))" * 300)


def test_parse_query_accepts_many_redundant_brackets() -> None:
    assert parse_query("(" * 4000 + "a" + ")" * 4000) == A


@given(queries())
def test_parse_query_inverts_query_text(query) -> None:
    positive = conjunction([A, query])

    assert parse_query(query_text(positive)) == positive


@given(queries())
def test_parse_query_of_double_negation_is_the_query(query) -> None:
    positive = conjunction([A, query])

    assert parse_query(f"not not ({query_text(positive)})") == positive
    assert negation(negation(positive)) == positive


def test_error_shows_long_and_invisible_values_readably() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(f"kind:{'x' * 900}\x1b[2J\u202e")

    assert caught.value.problem.startswith(f"no kind `{'x' * 40}…`; expected new, revision")
    assert all(line.isprintable() for line in str(caught.value).split("\n"))


@given(st.text(st.sampled_from('ab and or not():"*\\ \n-titlekindcopynear/~12“'), max_size=60))
@example('"')
@example("\\")
@example('title:"a" "')
def test_parse_query_is_total(text: str) -> None:
    assert 0 <= _position_of_problem(text) <= len(text)


def _position_of_problem(text: str) -> int:
    """Return the column of the syntax error; 0 without one."""
    try:
        query_text(parse_query(text))
    except QuerySyntaxError as error:
        return error.position
    return 0
