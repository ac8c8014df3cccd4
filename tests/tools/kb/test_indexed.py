"""Places of the name-suggestion-index merged with the cities of GeoNames."""

import pytest
from kb.entry import Collection, Entry
from kb.indexed import PRIOR, add_indexed, the_city
from kb.offices import Countries
from kb.words import Words

HEADER = "id\tname\tabout\n"


def city(number: int, name: str, code: str) -> Entry:
    return Entry(id=f"geonames:{number}", name=name, type="gpe", prior=40, notes=[f"@{code}"])


def indexed(*cities: Entry, rows: str) -> Collection:
    collection = Collection()
    collection.entries = {entry.id: entry for entry in cities}
    germany = Entry(id="Q183", name="Germany", type="gpe", code="de", names={"Germany": 2})
    add_indexed(collection, Countries({"de": germany}), Words({}), HEADER + rows)
    return collection


def test_city_gets_the_wikidata_id_of_its_namesake() -> None:
    found = indexed(
        city(1, "Zorbstadt", "de"),
        city(2, "Zorbstadt", "at"),
        rows="Q77\tZorbstadt\tcity in Hesse, Germany",
    ).entries

    assert found["Q77"].also == ["geonames:1"]
    assert "geonames:1" not in found
    assert found["geonames:2"].id == "geonames:2"


def test_place_without_a_city_of_its_name_is_new() -> None:
    found = indexed(rows="Q78\tZorbland\tstate of Germany").entries["Q78"]

    assert (found.type, found.prior, found.notes) == ("gpe", PRIOR, ["state of Germany @de"])


def test_known_place_only_gets_the_name() -> None:
    known = Entry(id="Q79", name="Zorbing", type="loc", prior=70)

    found = indexed(known, rows="Q79\tZorbington\tcity in Germany").entries["Q79"]

    assert (found.type, found.prior, set(found.names)) == ("loc", 70, {"Zorbington"})


@pytest.mark.parametrize(
    ("same_name", "codes", "number"),
    [
        ([city(1, "A", "de")], ["de"], 1),
        ([city(1, "A", "de"), city(2, "A", "us")], ["us"], 2),
        ([city(1, "A", "de"), city(2, "A", "de")], ["de"], None),
        ([city(1, "A", "de")], ["us"], None),
        ([city(1, "A", "de")], [], 1),
        ([Entry(id="Q1", name="A", notes=["@de"])], ["de"], None),
        ([], ["de"], None),
    ],
)
def test_the_city_is_the_only_one_of_its_name(
    same_name: list[Entry], codes: list[str], number: int | None
) -> None:
    found = the_city(same_name, codes)

    assert (found and found.id) == (f"geonames:{number}" if number else None)
