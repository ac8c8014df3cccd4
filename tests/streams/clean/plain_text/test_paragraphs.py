"""Splitting of plain text into paragraphs."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.plain_text.paragraphs import split_paragraphs

PARAGRAPHS = [
    (
        "The harbor bridge opened to traffic on Monday, three months after a storm damaged it, "
        "the port authority said in a statement. Engineers replaced forty cables."
    ),
    (
        "Ferries will run for another week, and the city will then sell them to the island, "
        "which has wanted them for a long time."
    ),
]


@pytest.mark.parametrize("width", [50, 64, 72, 100])
def test_lines_broken_at_margin_are_joined(width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in PARAGRAPHS)

    assert split_paragraphs(wrapped) == PARAGRAPHS


@pytest.mark.parametrize("width", [50, 64, 72])
def test_indent_begins_paragraph(width: int) -> None:
    wrapped = "\n".join(textwrap.fill(p, width, initial_indent="    ") for p in PARAGRAPHS)

    assert split_paragraphs(wrapped) == PARAGRAPHS


def test_split_paragraphs_accepts_one_paragraph_per_line() -> None:
    assert split_paragraphs("\n".join(PARAGRAPHS)) == PARAGRAPHS


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            "The committee of the government discussed the constitu-",
            "tional question on Monday",
            "constitutional",
        ),
        (
            "The committee of the government had a meeting that was two-",
            "thirds over on Monday",
            "two-thirds",
        ),
        (
            "The committee of the government met in the city of Alma-",
            "Ata on Monday and left it",
            "Alma-Ata",
        ),
        ("SALVADOR, Feb 26 -", "Showers continued throughout the week in the zone", "- Showers"),
    ],
)
def test_word_broken_at_margin_is_joined(first: str, second: str, joined: str) -> None:
    rest = "and then went home to their families and friends in the\ncountry, where it was quiet."

    assert joined in split_paragraphs(f"{first}\n{second}\n{rest}")[0]


def test_rows_of_table_are_not_joined() -> None:
    text = textwrap.fill(PARAGRAPHS[0], 64) + "\n  Wheat   2.55   2.40\n  Corn    1.35   1.92"

    assert split_paragraphs(text)[1:] == ["Wheat   2.55   2.40", "Corn    1.35   1.92"]


@given(st.text(st.sampled_from("aB .-\n•")))
def test_split_paragraphs_loses_only_spaces_and_hyphens(text: str) -> None:
    squeezed = "".join("".join(split_paragraphs(text)).split())

    assert squeezed.replace("-", "") == "".join(text.split()).replace("-", "")


@given(st.text())
def test_split_paragraphs_returns_single_lines(text: str) -> None:
    assert not any("\n" in paragraph for paragraph in split_paragraphs(text))


@pytest.mark.parametrize("width", [64, 72])
def test_dateline_on_its_own_line_begins_first_paragraph(width: int) -> None:
    dateline = "HARBOR CITY, Feb 26 -"
    wrapped = textwrap.fill(f"{dateline} {PARAGRAPHS[0]}", width)
    text = wrapped.replace(f"{dateline} ", f"{dateline}\n", 1)

    assert split_paragraphs(text) == [f"{dateline} {PARAGRAPHS[0]}"]
