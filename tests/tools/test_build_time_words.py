import json

import pytest

from tools.build_time_words import OUT, half_days_of, months_of


# All languages take a minute.
@pytest.mark.parametrize("language", ["pl", "hu"])
def test_time_words_are_those_of_cldr(language: str) -> None:
    words = json.loads(OUT.read_text("utf-8"))

    assert words["months"][language] == months_of(language)
    assert words["half_days"][language] == half_days_of(language)
