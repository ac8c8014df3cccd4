"""The text of ``routes.toml`` in, rules out; whatever is wrong is refused with file and line."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from schemas.topics import ROUTE_NAME, UNMATCHED
from streams.errors import UsageError
from streams.route.clause_check import Check
from streams.route.complaint import QuerySyntaxError
from streams.route.facts import Facts
from streams.route.grammar import parse_query
from streams.route.matching import Verdict, compiled, verdict
from streams.route.query import And, Clause, Kind, Not, Or, Query, QueryField, query_text
from streams.route.sample import Sample, SampleError, sample
from streams.route.toml_lines import key_line, route_lines, sample_lines, toml_error_line

KEYS = ("name", "when", "about", "test")
"""What a ``[[route]]`` may say."""

UNASKED_KINDS = frozenset({Kind.NEW, Kind.REVISION})
"""The kinds that every rule sees; of the others only those that it names."""


class RouteFileError(UsageError):
    """A file of rules cannot be used.

    Attributes:
        file: Its path, as given.
        line: Where, the first is 1.
        problem: What is wrong and what was expected.
    """

    def __init__(self, file: str, line: int, problem: str) -> None:
        """Say where and what."""
        self.file = file
        self.line = line
        self.problem = problem
        super().__init__(f"{file}:{line}: {problem}")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A route's name, and the query that says which articles it wants.

    A rule sees new articles and revisions. Copies, unchanged refetches and corrections it
    sees only when its query names their kind, other than behind a ``not``: a subscriber
    of a route gets no story twice unless the route is meant for that.

    Attributes:
        name: ``[a-z0-9-]{1,60}``; part of its topic's name.
        query: What it wants.
        about: What it is for, for people; may be empty.
        tests: Samples that it is to want, or not.
        kinds: The kinds that it sees.
        check: The query, made ready.
    """

    name: str
    query: Query
    about: str = ""
    tests: tuple[Sample, ...] = field(default=(), compare=False, repr=False)
    kinds: frozenset[Kind] = field(init=False, compare=False, repr=False)
    check: Check = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", UNASKED_KINDS | asked_kinds(self.query))
        object.__setattr__(self, "check", compiled(self.query))

    @classmethod
    def parse(
        cls, name: str, when: str, *, about: str = "", tests: tuple[Sample, ...] = ()
    ) -> Self:
        """Make a rule of a query's text.

        Raises:
            QuerySyntaxError: If ``when`` is no query.

        Examples:
            >>> Rule.parse("sport", 'title:"sport*"').query
            Clause(field=<QueryField.TITLE: 'title'>, value='sport', prefix=True, slop=0, near=None)
        """
        return cls(name=name, query=parse_query(when), about=about, tests=tests)

    @property
    def when(self) -> str:
        """Its query as text, in the one spelling."""
        return query_text(self.query)

    def wants(self, facts: Facts) -> bool:
        """Whether the article goes to this route."""
        return facts.kind in self.kinds and self.check(facts)

    def verdict(self, facts: Facts) -> Verdict:
        """Tell whether the article goes to this route, and by which clauses."""
        if facts.kind in self.kinds:
            return verdict(self.query, facts)
        return Verdict(holds=False, clauses=((Clause(QueryField.KIND, facts.kind.value), True),))

    def failed_tests(self) -> list[tuple[Sample, Verdict]]:
        """List the samples that do not go where they are to go, and why."""
        return [
            (one, self.verdict(one.facts))
            for one in self.tests
            if self.wants(one.facts) is not one.wanted
        ]


def asked_kinds(query: Query) -> frozenset[Kind]:
    """List the kinds that a query names other than behind a ``not``.

    Examples:
        >>> from streams.route.grammar import parse_query
        >>> sorted(asked_kinds(parse_query("kind:copy and not kind:new")))
        [<Kind.COPY: 'copy'>]
    """
    return frozenset(_asked(query, plain=True))


def _asked(query: Query, *, plain: bool) -> Iterator[Kind]:
    match query:
        case Clause(field=QueryField.KIND) if plain:
            yield Kind(query.value)
        case Clause():
            pass
        case Not(part=part):
            yield from _asked(part, plain=not plain)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _asked(part, plain=plain)


def parse_routes(text: str, *, file: str) -> tuple[Rule, ...]:
    r"""Read the text of a file of rules.

    Args:
        text: TOML with one table ``[[route]]`` for each route: ``name``, ``when`` (the query)
            and, if one likes, ``about`` and tables ``[[route.test]]``, see `sample`.
        file: Its path, for messages.

    Returns:
        The rules in the order of the file.

    Raises:
        RouteFileError: If any of it cannot be used: the first thing that is wrong.

    Examples:
        >>> parse_routes("[[route]]\nname = 'goals'\nwhen = 'sport*'", file="r.toml")[0].when
        'sport*'
        >>> parse_routes("[[route]]\nname = 'Goals'\nwhen = 'sport*'", file="r.toml")
        Traceback (most recent call last):
        streams.route.rules.RouteFileError: r.toml:2: route name 'Goals'; expected 1 to 60 of …
    """
    tables = _tables(text, file)
    lines = route_lines(text, len(tables))
    rules: dict[str, Rule] = {}
    for table, line in zip(tables, lines, strict=True):
        rule = _rule(table, text=text, file=file, line=line)
        if rule.name in rules:
            at = key_line(text, line, "name")
            raise RouteFileError(file, at, f"a second route {rule.name!r}; expected another name")
        rules[rule.name] = rule
    return tuple(rules.values())


def _tables(text: str, file: str) -> list[dict[str, Any]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, problem = toml_error_line(text, error)
        raise RouteFileError(file, line, f"not valid TOML: {problem}") from None
    for key in document:
        if key != "route":
            at = key_line(text, 1, key)
            raise RouteFileError(file, at, f"unknown key {key!r}; expected [[route]] tables only")
    tables = document.get("route", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        at = key_line(text, 1, "route")
        raise RouteFileError(file, at, "`route` is no list of tables; expected [[route]]")
    if not tables:
        raise RouteFileError(file, 1, "no route; expected at least one [[route]] table")
    return tables


def _rule(table: dict[str, Any], *, text: str, file: str, line: int) -> Rule:
    for key in table:
        if key not in KEYS:
            at = key_line(text, line, key)
            raise RouteFileError(file, at, f"unknown key {key!r}; expected {', '.join(KEYS)}")
    for key in ("name", "when", "about"):
        if not isinstance(table.get(key, "" if key == "about" else None), str):
            at = key_line(text, line, key)
            raise RouteFileError(file, at, f"expected `{key}` with a text in quotation marks")
    _check_name(table["name"], file=file, line=key_line(text, line, "name"))
    tests = _samples(table, text=text, file=file, line=line)
    try:
        return Rule.parse(table["name"], table["when"], about=table.get("about", ""), tests=tests)
    except QuerySyntaxError as error:
        at = key_line(text, line, "when", value=table["when"]) + error.line - 1
        problem = f"route {table['name']!r}: {error.problem}\n{error.pointer}"
        raise RouteFileError(file, at, problem) from error


def _samples(table: dict[str, Any], *, text: str, file: str, line: int) -> tuple[Sample, ...]:
    given = table.get("test", [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        at = key_line(text, line, "test")
        raise RouteFileError(file, at, "`test` is no list of tables; expected [[route.test]]")
    found = []
    for one, at in zip(given, sample_lines(text, line, len(given)), strict=True):
        try:
            found.append(sample(one, line=at))
        except SampleError as error:
            raise RouteFileError(file, key_line(text, at, error.key), str(error)) from error
    return tuple(found)


def _check_name(name: str, *, file: str, line: int) -> None:
    if not ROUTE_NAME.fullmatch(name):
        problem = f"route name {name!r}; expected 1 to 60 of a-z, 0-9 and hyphen"
        raise RouteFileError(file, line, problem)
    if name == UNMATCHED:
        problem = f"route name {name!r} is taken by what no rule wants; expected another"
        raise RouteFileError(file, line, problem)
