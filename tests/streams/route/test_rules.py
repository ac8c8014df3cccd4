"""Files of rules: parsed, or refused with file, line and expectation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.config.routes_file import RouteFileError, parse_routes
from streams.records import Change
from streams.route.match.facts import article_facts
from streams.route.query.ast import ArticleKind
from streams.route.query.errors import QuerySyntaxError
from streams.route.query.grammar import parse_query
from streams.route.rules import Rule, named_kinds
from tests.support.builders import duplicate_article, enriched_article


def test_parse_routes_returns_rules_in_order() -> None:
    text = """
[[route]]
name = "sport"
when = 'title:"sport*"'
about = "Games"

[[route]]
name = "talks"
when = '''
summit
or "foreign minister"
'''
"""

    rules = parse_routes(text, file="routes.toml")

    assert [(rule.name, rule.when, rule.about) for rule in rules] == [
        ("sport", "title:sport*", "Games"),
        ("talks", 'summit or "foreign minister"', ""),
    ]


SOUND = '[[route]]\nname = "one"\nwhen = "a"\n'


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "no route; expected at least one [[route]] table"),
        ("[[route]\n", 1, "not valid TOML: expected ']]'"),
        ('[[route]]\nname = "a\n', 2, "not valid TOML: illegal character"),
        (SOUND + "[defaults]\n", 4, "unknown key 'defaults'; expected [[route]] tables only"),
        ("routes = 1\n", 1, "unknown key 'routes'"),
        ("[route]\nname = 'a'\n", 1, "`route` is not a list of tables; expected [[route]]"),
        ("\nroute = 7", 2, "`route` is not a list of tables"),
        (SOUND + "if = 'a'\n", 4, "unknown key 'if'; expected name, when, about, test"),
        ("[[route]]\nwhen = 'a'\n", 1, "expected `name` with a text in quotation marks"),
        ("[[route]]\nname = 'a'\n", 1, "expected `when` with a text in quotation marks"),
        ("[[route]]\nname = 'a'\nwhen = 5\n", 3, "expected `when` with a text"),
        ("[[route]]\nname = 'a'\nwhn = 'b'\n", 3, 'test; did you mean "when"?'),
        (SOUND + "about = []\n", 4, "expected `about` with a text"),
        (SOUND + "test = 5\n", 4, "`test` is not a list of tables; expected [[route.test]]"),
        (SOUND + "[[route.test]]\ntitle='a'\nfoo = 1\n", 6, "unknown key 'foo'; expected title"),
        ("[[route]]\nname = 'US'\nwhen = 'a'", 2, "route name 'US'; expected 1 to 60 of a-z"),
        ("[[route]]\nname = ''\nwhen = 'a'", 2, "route name ''; expected 1 to 60"),
        (f"[[route]]\nname = '{'a' * 61}'\nwhen = 'a'", 2, "expected 1 to 60 of a-z"),
        ("[[route]]\nname = 'a\\n'\nwhen = 'a'", 2, "expected 1 to 60 of a-z"),
        ("[[route]]\nname = 'unmatched'\nwhen = 'a'", 2, "is reserved for unmatched articles"),
        (SOUND + SOUND, 5, "a second route 'one'; expected another name"),
        ("[[route]]\nname = 'a'\nwhen = ''", 3, "route 'a': empty; expected a clause"),
        ("[[route]]\nname = 'a'\nwhen = 'not b'", 3, "at least one clause without `not`"),
        (
            SOUND + '[[route]]\nname = "b"\nwhen = """\nbridge and\n titel:a"""',
            8,
            "route 'b': no field `titel`; expected any",
        ),
    ],
)
def test_parse_routes_error_names_file_and_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(RouteFileError) as caught:
        parse_routes(text, file="my/routes.toml")

    assert problem in caught.value.problem
    assert str(caught.value).startswith(f"my/routes.toml:{line}: ")


def test_parse_routes_error_points_into_query() -> None:
    with pytest.raises(RouteFileError) as caught:
        parse_routes("[[route]]\nname = 'a'\nwhen = 'bridge and titel:b'\n", file="routes.toml")

    assert str(caught.value).endswith("\n    bridge and titel:b\n               ^")


def test_failed_tests_are_misrouted_samples() -> None:
    tests = "[[route.test]]\ntitle = 'a'\n[[route.test]]\ntitle = 'b'\n" * 2

    (rule,) = parse_routes(SOUND + tests + "wanted = false\n", file="routes.toml")

    assert [(sample.title, sample.line, str(why)) for sample, why in rule.failed_tests()] == [
        ("b", 6, "not a")
    ]


@given(st.text(max_size=80))
def test_parse_routes_of_any_text_raises_its_error(text: str) -> None:
    with pytest.raises(RouteFileError):
        parse_routes(text, file="routes.toml")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a", []),
        ("kind:copy or a", [ArticleKind.COPY]),
        ("a and not kind:copy", []),
        ("a and not (b and not kind:copy)", [ArticleKind.COPY]),
        ("kind:copy or kind:new", [ArticleKind.COPY, ArticleKind.NEW]),
    ],
)
def test_named_kinds_leave_out_negated_ones(query: str, expected) -> None:
    assert sorted(named_kinds(parse_query(query))) == expected


@pytest.mark.parametrize("change", list(Change))
def test_rule_matches_duplicates_only_if_kind_is_named(change: Change) -> None:
    facts = article_facts(duplicate_article(change=change))

    assert not Rule.parse("r", "bridge").wants(facts)
    assert not Rule.parse("r", "bridge and not kind:new").wants(facts)
    assert Rule.parse("r", f"bridge and kind:{change}").wants(facts)


def test_rule_matches_new_articles_by_default() -> None:
    assert Rule.parse("r", "bridge").wants(article_facts(enriched_article()))


def test_rule_refuses_invalid_query() -> None:
    with pytest.raises(QuerySyntaxError):
        Rule.parse("r", "a and")


def test_rules_with_equal_fields_are_equal() -> None:
    assert Rule.parse("r", "a and (b)") == Rule.parse("r", " a AND b")
