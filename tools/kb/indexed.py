"""Places of the name-suggestion-index with their descriptions: places_index.tsv."""

from pathlib import Path

from kb.entry import Collection, Entry
from kb.listed import is_distinct
from kb.offices import Countries
from kb.prominent import adopt
from kb.words import Words

DATA = Path(__file__).parent / "data"

PRIOR = 33
"""The prior of a city of 130,000 people, because the index does not have the size of a place."""


def add_indexed(
    collection: Collection, countries: Countries, words: Words, table: str | None = None
) -> None:
    """Add the places: cities join their GeoNames entry, known places get a name, others are new."""
    cities: dict[str, list[Entry]] = {}
    for entry in collection.entries.values():
        if entry.id.startswith("geonames:"):
            cities.setdefault(entry.name, []).append(entry)
    if table is None:
        table = (DATA / "places_index.tsv").read_text(encoding="utf-8")
    for line in table.splitlines()[1:]:
        id_, name, about = line.split("\t")
        known = collection.entries.get(id_)
        codes = countries.note([about]).rpartition("@")[2]
        city = the_city(cities.get(name, []), codes.split())
        if known is not None:
            known.add_names([name])
        elif city is not None:
            adopt(collection, city, id_)
            city.scan.update([name] if is_distinct(name, words) else [])
        else:
            entry = collection.entry(id_, name, "gpe", PRIOR, "places_index.tsv")
            entry.notes = [f"{about} @{codes}"]
            if is_distinct(name, words):
                entry.scan.add(name)


def the_city(same_name: list[Entry], codes: list[str]) -> Entry | None:
    """Return the GeoNames city of a name in these countries; None if there is not exactly one."""
    same = [c for c in same_name if not codes or (c.notes and c.notes[0][1:] in codes)]
    return same[0] if len(same) == 1 and same[0].id.startswith("geonames:") else None
