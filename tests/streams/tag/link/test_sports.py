"""Which sport a text is about."""

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
def test_two_telling_words_say_the_sport(text: str, sport: str) -> None:
    assert sport_of(text) == sport
