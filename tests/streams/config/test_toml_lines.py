"""Lines of tables and keys, including values of several lines."""

import tomllib

import pytest

from streams.config.toml_lines import key_line, route_lines, toml_error_line

TEXT = '''# [[route]] in a comment
[[route]]
name = "one"
when = """
[[route]]
when = "this is inside"
"""

[[ "route" ]]
"name" = "two"
when = 'a'
[[route]]
name = "three"
'''


def test_route_lines_skip_values_and_comments() -> None:
    assert route_lines(TEXT, 3) == [2, 9, 12]


def test_route_lines_of_inline_tables_are_first_line() -> None:
    assert route_lines('route = [{name = "a"}, {name = "b"}]', 2) == [1, 1]


@pytest.mark.parametrize(
    ("start", "key", "expected"),
    [(2, "name", 3), (2, "when", 4), (9, "name", 10), (9, "when", 11), (12, "when", 12)],
)
def test_key_line_stays_within_its_table(start: int, key: str, expected: int) -> None:
    assert key_line(TEXT, start, key) == expected


def test_key_line_of_missing_key_is_start() -> None:
    assert key_line("[[route]]\nname = 'a'\n[[route]]\nwhen = 'b'\n", 1, "when") == 1


def test_key_line_of_multiline_value() -> None:
    assert key_line(TEXT, 2, "when", value="anything") == 5


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = = 2\n", 2), ("a = 1\nb = [1,\n", 2), ("a = 1\na = 2", 2)]
)
def test_toml_error_line_is_line_of_error(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)

    assert toml_error_line(text, caught.value)[0] == line
