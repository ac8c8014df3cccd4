"""Forms of a name for the look-up."""

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
def test_name_forms_include_name_without_titles(surface: str, kind: str, form: str) -> None:
    assert form in list(name_forms(surface, kind))


def test_name_forms_of_person_keep_legal_form() -> None:
    assert list(name_forms("Ann Co", "p")) == ["Ann Co"]


@given(st.text(max_size=30), st.sampled_from("poglnu"))
def test_name_forms_begin_with_unchanged_name(surface: str, kind: str) -> None:
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
def test_is_county_reads_next_words(after: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_county(f"Orange{after}", len("Orange")) is is_one
