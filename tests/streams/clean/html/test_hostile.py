"""Pages that would hang a parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.html.hostile import MAX_ATTRIBUTES, MAX_DEPTH, MAX_TAGS, hostile_reason
from tests.support.pages import page


@given(st.text())
def test_hostile_reason_accepts_any_text(text: str) -> None:
    assert hostile_reason(text) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">", "attributes"),
        ("<p " + " ".join(f"a{n}" for n in range(100_000)), "attributes"),
        ("<p " + " ".join(f'a{n}=">"' for n in range(100_000)) + ">", "attributes"),
        ("<p z='>' " + "a=1 " * 100_000 + ">", "attributes"),
        ("<br>" * (MAX_TAGS + 1), "tags"),
        ("<div>" * 50_000, "deep"),
        ("<b><i>" * 3000 + "</i></b>" * 3000, "deep"),
        ("<" * 1_000_000, "tags"),
    ],
)
def test_hostile_reason_names_problem(text: str, problem: str) -> None:
    assert problem in hostile_reason(text)


@pytest.mark.parametrize(
    "text",
    [
        page(),
        page("<div>" * 200 + "</div>" * 200),
        page('<img src="data:' + "x" * 500_000 + '">'),
        page("<script>" + "if (a < b) c = 'd';" * 20_000 + "</script>"),
        page(f"<p>{'plain words and no tag ' * 20_000}</p>"),
        page("<div " + "a=1 " * (MAX_ATTRIBUTES - 1) + ">"),
        page("<p>one<p>two<br>" * MAX_DEPTH * 5),
        page("<a href='unclosed>" + "words = words " * 5_000, title="x"),
    ],
)
def test_hostile_reason_of_ordinary_page_is_empty(text: str) -> None:
    assert hostile_reason(text) in {"", f"a tag with more than {MAX_ATTRIBUTES} attributes"}
    assert hostile_reason(page()) == ""
