"""Parts of long messages: whole paragraphs where possible, never larger than the limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.deliver.channels.parts import MAX_PART_BYTES, first_part, shorten, text_size


def all_parts(text: str, limit: int) -> list[str]:
    """Return all parts of a text."""
    parts, rest = [], text.strip()
    while rest:
        part, rest = first_part(rest, limit)
        parts.append(part)
    return parts


@given(st.text("ab \n[](). 😀橋", max_size=300), st.integers(2, 60))
def test_parts_fit_and_lose_only_white_space(text: str, limit: int) -> None:
    parts = all_parts(text, limit)

    assert all(0 < text_size(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. One\n\n   text\n\n2. Two", "1. One\n\n   text"),
        ("one two three four five", "one two three four"),
        ("x" * 30, "x" * 20),
        ("see this one [a long title](u)", "see this one"),
    ],
)
def test_part_ends_at_best_place(text: str, expected: str) -> None:
    assert first_part(text, 20)[0] == expected


def test_part_is_limited_in_bytes() -> None:
    part, rest = first_part("橋" * 20_000, 65_000)

    assert len(part.encode()) <= MAX_PART_BYTES
    assert len(part) + len(rest) == 20_000


def test_shortened_text_ends_with_ellipsis() -> None:
    assert shorten("One two three four.", 12) == "One two…"
    assert shorten("One two.", 12) == "One two."
