import pytest

from streams.config.toml_edit import remove_block, set_values

TEXT = """# Our feeds.
contact = ""

# the wire
[[feed]]
url = "https://a.test/#x"  # first
min_minutes = 5
# not polled at night

# the site
[[feed]]
  url = 'https://b.test/'
"""
A, B = 5, 11


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            A,
            "# Our feeds.\ncontact = \"\"\n\n# the site\n[[feed]]\n  url = 'https://b.test/'\n",
            id="first",
        ),
        pytest.param(
            B,
            '# Our feeds.\ncontact = ""\n\n# the wire\n[[feed]]\n'
            'url = "https://a.test/#x"  # first\n'
            "min_minutes = 5\n# not polled at night\n",
            id="last",
        ),
    ],
)
def test_remove_block_takes_its_comments(line: int, expected: str) -> None:
    assert remove_block(TEXT, line) == expected


def test_remove_block_keeps_comment_at_top_of_file() -> None:
    text = "# Our feeds.\n[[feed]]\nurl = 'x'\n"

    assert remove_block(text, 2) == "# Our feeds.\n"


@pytest.mark.parametrize(
    ("line", "values", "before", "after"),
    [
        pytest.param(
            A,
            {"url": '"https://c.test/"'},
            'url = "https://a.test/#x"  # first',
            'url = "https://c.test/"  # first',
            id="change-keeps-comment",
        ),
        pytest.param(
            A, {"min_minutes": "7.5"}, "min_minutes = 5", "min_minutes = 7.5", id="number"
        ),
        pytest.param(
            A,
            {"paused": "true"},
            "min_minutes = 5\n",
            "min_minutes = 5\npaused = true\n",
            id="append",
        ),
        pytest.param(A, {"min_minutes": None}, "min_minutes = 5\n", "", id="remove"),
        pytest.param(A, {"paused": None}, "", "", id="remove-missing"),
        pytest.param(
            B,
            {"url": '"x"', "paused": "true"},
            "  url = 'https://b.test/'\n",
            '  url = "x"\npaused = true\n',
            id="last-block",
        ),
    ],
)
def test_set_values_changes_only_its_lines(
    line: int, values: dict[str, str | None], before: str, after: str
) -> None:
    assert set_values(TEXT, line, values) == TEXT.replace(before, after)


def test_set_values_ignores_text_inside_long_strings() -> None:
    text = '[[x]]\nnote = """\nn = 1\n[[x]]\n"""\nn = 2\n'

    assert set_values(text, 1, {"n": "3"}) == text.replace("n = 2", "n = 3")
