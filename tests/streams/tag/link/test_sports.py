"""Detection of the sport."""

import pytest

from streams.tag.link.sports import sport_of


@pytest.mark.parametrize(
    ("text", "sport"),
    [
        ("A wicket fell in the last innings.", "cricket"),
        ("The goalkeeper saved a penalty.", "association football"),
        ("He had to try.", ""),
        ("Cricket and rugby.", ""),
        ("", ""),
    ],
)
def test_sport_of_requires_two_words(text: str, sport: str) -> None:
    assert sport_of(text) == sport
