"""The tables kept by hand, and those generated from the name-suggestion-index."""

import re
from collections import Counter

import pytest

from tests.conftest import ROOT
from tools.extract_organisations import NO_ORGANISATION, PLACE, places
from tools.extract_regions import rows as regions

DATA = ROOT / "tools" / "kb" / "data"
WIDTHS = {
    "brands.tsv": (5, 5),
    "cities.tsv": (4, 4),
    "famous.tsv": (5, 5),
    "offices.tsv": (4, 8),
    "organisations.tsv": (4, 8),
    "people.tsv": (4, 8),
    "places.tsv": (4, 8),
    "places_index.tsv": (3, 3),
    "regions.tsv": (5, 5),
}


def rows(table: str) -> list[list[str]]:
    lines = (DATA / table).read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("table", WIDTHS)
def test_rows_have_valid_unique_ids_and_all_columns(table: str) -> None:
    least, most = WIDTHS[table]
    found = rows(table)

    assert [row for row in found if not least <= len(row) <= most] == []
    assert [row[0] for row in found if not re.fullmatch(r"Q[1-9]\d*", row[0])] == []
    assert [id_ for id_, n in Counter(row[0] for row in found).items() if n > 1] == []


def test_no_id_has_two_names_in_tables() -> None:
    by_hand = {row[0]: row[3] for row in rows("famous.tsv")}
    cities = {row[0]: row[2] for row in rows("cities.tsv")}

    assert {id_: by_hand[id_] for id_ in by_hand.keys() & cities.keys()} == {}


@pytest.mark.parametrize(
    ("about", "is_organization"),
    [
        ("police force serving the West Midlands county of England", True),
        ("school district in Arkansas, United States", True),
        ("local government body for the English city", True),
        ("national flag-carrier airline of Turkey", True),
        ("American bank", True),
        ("municipality in Bavaria, Germany", False),
        ("township in Michigan", False),
        ("national flag of the United Kingdom (UK)", False),
        ("Filipino school district operated by the Division of Negros", False),
        ("federated state of Germany", False),
    ],
)
def test_description_of_an_organization_is_recognized(
    about: str,
    is_organization: bool,  # noqa: FBT001
) -> None:
    assert (NO_ORGANISATION.match(about) is None) is is_organization


@pytest.mark.parametrize(
    ("about", "is_place"),
    [
        ("city in Hesse, Germany", True),
        ("capital of France", True),
        ("independent city in Virginia", True),
        ("home-rule city in Texas", True),
        ("city bus network in Lyon", False),
        ("company based in the city of Rome", False),
        ("district in charge of a park", False),
    ],
)
def test_description_of_a_place_is_recognized(about: str, is_place: bool) -> None:  # noqa: FBT001
    assert (PLACE.match(about) is not None) is is_place


def test_indexed_places_are_sorted_and_have_plain_names() -> None:
    about = {
        "Q20": {"label": "Zorb", "description": "city in Hesse"},
        "Q3": {"label": "Abel", "description": "town in Kent"},
        "Q4": {"label": "Abel (Kent)", "description": "town in Kent"},
        "Q5": {"label": "abel", "description": "town in Kent"},
        "Q6": {"description": "town in Kent"},
    }

    assert places(about) == [
        "id\tname\tabout",
        "Q3\tAbel\ttown in Kent",
        "Q20\tZorb\tcity in Hesse",
    ]


def test_regions_exclude_countries() -> None:
    shapes = [
        {"nameEn": "Zorb Islands", "wikidata": "Q20", "level": "subterritory", "country": "GB"},
        {"nameEn": "Zorbia", "wikidata": "Q3", "level": "region"},
        {"nameEn": "France", "wikidata": "Q142", "level": "country"},
        {"nameEn": "Guam", "wikidata": "Q16635", "iso1A2": "GU"},
        {"nameEn": "Ceuta, Melilla", "wikidata": "Q28868874"},
        {"nameEn": "Nowhere"},
    ]

    assert [row.split("\t")[:4] for row in regions(shapes)[1:]] == [
        ["Q3", "loc", "40", "Zorbia"],
        ["Q20", "loc", "40", "Zorb Islands"],
    ]
