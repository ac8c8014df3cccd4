"""Numbers with their nouns."""

import pytest

from streams.text.plural import plural


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 entities"), (1, "1 entity"), (1234, "1,234 entities")]
)
def test_plural_uses_noun_of_number(number: int, expected: str) -> None:
    assert plural(number, "entity", "entities") == expected
