import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.feeds.parsing.html_links import (
    MAX_GROWTH,
    has_relative_links,
    with_absolute_links,
)

BASE = "https://news.test/a/b"
LINKS = [
    ("from the root", '<a href="/c">', '<a href="https://news.test/c">'),
    (
        "from the place",
        "<img alt='' src='c.png'>",
        "<img alt='' src=\"https://news.test/a/c.png\">",
    ),
    ("without quotes", "<a href=c>x</a>", '<a href="https://news.test/a/c">x</a>'),
    ("with spaces", '<A HREF=" /c ">', '<A HREF="https://news.test/c">'),
    ("of the same scheme", '<img src="//img.test/c">', '<img src="https://img.test/c">'),
    ("with references", '<a href="c?d=1&amp;e=2">', '<a href="https://news.test/a/c?d=1&amp;e=2">'),
]
UNTOUCHED = [
    ("absolute", '<a href="https://other.test/c">'),
    ("mail", '<a href="mailto:desk@news.test">'),
    ("picture in the text", '<img src="data:image/gif;base64,R0lGOD">'),
    ("fragment", '<a href="#note">'),
    ("no tag", 'write href="/c" there'),
    ("other attribute", '<p class="c" title="/c">'),
    ("empty", '<a href="">'),
    ("no URL at all", '<a href="http://[">'),
]


@pytest.mark.parametrize(("name", "markup", "expected"), LINKS)
def test_with_absolute_links_resolves_link(name: str, markup: str, expected: str) -> None:
    assert has_relative_links(markup), name
    assert with_absolute_links(markup, BASE) == expected


@pytest.mark.parametrize(("name", "markup"), UNTOUCHED)
def test_with_absolute_links_keeps_other_text(name: str, markup: str) -> None:
    assert with_absolute_links(markup, BASE) == markup, name


@pytest.mark.parametrize(
    "base", ["", "a/b", "javascript:alert(1)", "https://news.test/" + "a" * 9999]
)
def test_with_absolute_links_ignores_invalid_base(base: str) -> None:
    assert with_absolute_links('<a href="/c">', base) == '<a href="/c">'


def test_with_absolute_links_escapes_quotes_in_base() -> None:
    markup_ = with_absolute_links('<a href="c">', 'https://news.test/" onclick="x/')

    assert markup_.count('"') == 2


@given(st.text(alphabet="<a hrefsc=\"'/.>:# ", max_size=60))
def test_with_absolute_links_is_idempotent(markup: str) -> None:
    once = with_absolute_links(markup, BASE)

    assert with_absolute_links(once, BASE) == once


HOSTILE = [
    ("many links", "<a href=x>" * 400_000),
    ("an open tag", "<a href=" * 500_000),
    ("open quotes", "<a href='" * 400_000),
    ("spaces", "<a href=" + " " * 4_000_000),
]


@pytest.mark.parametrize(("name", "markup"), HOSTILE)
def test_with_absolute_links_takes_linear_time_and_space(name: str, markup: str) -> None:
    start = time.process_time()
    markup_ = with_absolute_links(markup, "https://news.test/" + "a/" * 1000)

    assert time.process_time() - start < 3, name
    assert len(markup_) <= len(markup) + max(MAX_GROWTH, 4 * len(markup))
