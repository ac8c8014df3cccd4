"""The forms a name is looked up under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tag.link.forms import is_county, name_forms


@pytest.mark.parametrize(
    ("surface", "kind", "form"),
    [
        ("Acme Inc.", "o", "Acme"),
        ("Acme, Inc.", "o", "Acme"),
        ("the Acme Holdings plc", "o", "Acme Holdings"),
        ("US Navy", "o", "United States Navy"),
        ("the Thames", "l", "Thames"),
        ("President Joe Biden", "p", "Joe Biden"),
    ],
)
def test_a_name_is_also_looked_up_without_what_may_stand_around_it(
    surface: str, kind: str, form: str
) -> None:
    assert form in list(name_forms(surface, kind))


def test_a_person_keeps_what_would_be_a_legal_form_of_a_company() -> None:
    assert list(name_forms("Ann Co", "p")) == ["Ann Co"]


@given(st.text(max_size=30), st.sampled_from("poglnu"))
def test_a_name_is_first_looked_up_as_it_stands(surface: str, kind: str) -> None:
    assert next(name_forms(surface, kind)) == surface


@pytest.mark.parametrize(
    ("after", "is_one"),
    [
        (" County, Ohio", True),
        (" and Kern counties", True),
        (", Kern and San Bernardino Counties", True),
        (", Kern, and San Bernardino counties", True),
        (" counties", False),
        (" countywide", False),
        (", where the county", False),
        ("", False),
    ],
)
def test_a_place_is_a_county_by_the_words_that_follow(after: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_county(f"Orange{after}", len("Orange")) is is_one
