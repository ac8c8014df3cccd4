"""Numbers of things."""

import pytest

from streams.text.plural import plural


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 entities"), (1, "1 entity"), (1234, "1,234 entities")]
)
def test_counted_says_how_many(number: int, said: str) -> None:
    assert plural(number, "entity", "entities") == said
