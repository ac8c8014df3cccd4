"""Which of the famous names are looked up without the tagger."""

import pytest
from kb.famous import is_found
from kb.words import Words

WORDS = Words(
    {"Thames": -12, "thames": -18, "Reading": -12, "reading": -10, "lake": -10, "Lake": -10,
     "the": -4, "The": -5, "wire": -11, "Wire": -12, "Essex": -12, "Paris": -11}
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "type_", "found"),
    [
        ("Thames", "loc", True),
        ("Thames", "org", False),
        ("Reading", "loc", False),
        ("Po", "loc", False),
        ("Paris", "gpe", False),
        ("Lake Zorbel", "loc", True),
        ("The Wire", "", False),
        ("eurozone area", "loc", False),
    ],
)
def test_name_is_found_if_unambiguous(
    name: str,
    type_: str,
    found: bool,  # noqa: FBT001
) -> None:
    assert is_found(name, type_, WORDS, {"Paris"}) is found
