"""Escaping and marking of any text in the formats of messages."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from streams.alerts.templates.format import (
    BodyFormat,
    MarkedText,
    escape_markdown,
    mark_matches,
    without_mentions,
)
from tests.support.strategies import TEXT


@pytest.mark.parametrize(
    ("format_", "shown"),
    [
        (BodyFormat.TEXT, "*a<b>* & _c_"),
        (BodyFormat.HTML, "<mark>a&lt;b&gt;</mark> &amp; _c_"),
        (BodyFormat.MARKDOWN, r"**a\<b\>** & \_c\_"),
    ],
)
def test_mark_matches_escapes_and_marks_for_format(format_: BodyFormat, shown: str) -> None:
    assert mark_matches(MarkedText("a<b> & _c_", [(0, 4)]), format_) == shown


def test_marked_text_keeps_only_spans_within_text() -> None:
    assert MarkedText("abc", [(-5, -1), (0, 1), (2, 2), (2, 9)]).spans == ((0, 1),)


def test_mark_matches_of_plain_text_marks_nothing() -> None:
    assert mark_matches("a <b>", BodyFormat.HTML) == Markup("a &lt;b&gt;")


@given(TEXT)
def test_escape_markdown_renders_as_same_text(text: str) -> None:
    escaped = escape_markdown(text)

    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)
    assert shown == without_mentions(" ".join(text.split()))
    assert shown.replace("\u200b", "") == " ".join(text.split()).replace("\u200b", "")
    assert "\n" not in escaped


@given(TEXT, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=1))
def test_mark_matches_keeps_text(text: str, spans: list[tuple[int, int]]) -> None:
    shown = mark_matches(MarkedText(text, spans), BodyFormat.HTML)

    plain = unescape(shown.replace("<mark>", "").replace("</mark>", ""))
    assert plain == re.sub(r"\s+", " ", text)
