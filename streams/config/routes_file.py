"""Parse the text of ``routes.toml``; errors name file and line."""

import tomllib
from typing import Any

from streams.config.toml_lines import key_line, route_lines, sample_lines, toml_error_line
from streams.errors import UsageError, did_you_mean
from streams.records.topics import ROUTE_NAME, UNMATCHED
from streams.route.query.errors import QuerySyntaxError
from streams.route.rules import Rule
from streams.route.sample import Sample, SampleError, parse_sample

KEYS = ("name", "when", "about", "test")
"""Keys of a ``[[route]]`` table."""


class RouteFileError(UsageError):
    """A file of rules is invalid.

    Attributes:
        file: Path of the file.
        line: Line of the problem, counted from 1.
        problem: What is wrong and what was expected.
    """

    def __init__(self, file: str, line: int, problem: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        super().__init__(f"{file}:{line}: {problem}")


def parse_routes(text: str, *, file: str) -> tuple[Rule, ...]:
    r"""Parse the text of routes.toml.

    Args:
        text: TOML with one table ``[[route]]`` for each route: ``name``, ``when`` (the query),
            and optionally ``about`` and tables ``[[route.test]]`` (see `parse_sample`).
        file: Path of the file in messages.

    Returns:
        The rules in the order of the file.

    Raises:
        RouteFileError: If a rule is invalid; reports the first problem.

    Examples:
        >>> parse_routes("[[route]]\nname = 'goals'\nwhen = 'sport*'", file="r.toml")[0].when
        'sport*'
        >>> parse_routes("[[route]]\nname = 'Goals'\nwhen = 'sport*'", file="r.toml")
        Traceback (most recent call last):
        streams.config.routes_file.RouteFileError: r.toml:2: route name 'Goals'; expected …
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
        raise RouteFileError(file, at, "`route` is not a list of tables; expected [[route]]")
    if not tables:
        raise RouteFileError(file, 1, "no route; expected at least one [[route]] table")
    return tables


def _rule(table: dict[str, Any], *, text: str, file: str, line: int) -> Rule:
    for key in table:
        if key not in KEYS:
            at = key_line(text, line, key)
            raise RouteFileError(file, at, _unknown(key, KEYS))
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
    tests = table.get("test", [])
    if not isinstance(tests, list) or not all(isinstance(test, dict) for test in tests):
        at = key_line(text, line, "test")
        raise RouteFileError(file, at, "`test` is not a list of tables; expected [[route.test]]")
    samples = []
    for test, at in zip(tests, sample_lines(text, line, len(tests)), strict=True):
        try:
            samples.append(parse_sample(test, line=at))
        except SampleError as error:
            raise RouteFileError(file, key_line(text, at, error.key), str(error)) from error
    return tuple(samples)


def _unknown(key: str, known: tuple[str, ...]) -> str:
    return f"unknown key {key!r}; expected {', '.join(known)}{did_you_mean(key, known)}"


def _check_name(name: str, *, file: str, line: int) -> None:
    if not ROUTE_NAME.fullmatch(name):
        problem = f"route name {name!r}; expected 1 to 60 of a-z, 0-9 and hyphen"
        raise RouteFileError(file, line, problem)
    if name == UNMATCHED:
        problem = f"route name {name!r} is reserved for unmatched articles; expected another"
        raise RouteFileError(file, line, problem)
