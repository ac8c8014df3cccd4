"""The most read Wikidata entities: a prior for known ones, and new ones with a guessed type."""

import math
import re
from pathlib import Path

from kb.entry import Collection, Entry
from kb.words import UNSEEN, Words

_EVENT = re.compile(
    r"\b(War|Wars|Olympics|Olympic Games|World Cup|Championships?|election|Cup|Grand Prix|massacre|"
    r"Battle of|attacks?|Revolution|Uprising|Games|hurricane|earthquake|pandemic|crisis|"
    r"Super Bowl|disaster|bombings?|shooting|invasion|protests|WrestleMania)\b"
)
_ORGANIZATION = re.compile(
    r"\b(F\.?C\.?|C\.?F\.?|University|College|Company|Corporation|Inc|Bank|Party|Association|Agency|"
    r"Group|Airlines|Airways|Army|Navy|Forces|Police|Federation|League|Organi[sz]ation|Council|"
    r"Committee|Ministry|Department|Institute|Foundation|Church|Times|Post|News|Entertainment|"
    r"Studios?|Pictures|Records|Motors?|Technologies|Systems|Brothers|Government of|Parliament|"
    r"Congress|Senate|Court|team|Club|Band|Television|Network|Channel)\b"
)
_LOCATION = re.compile(
    r"\b(River|Sea|Ocean|Lake|Mount|Mountain|Mountains|Islands?|Bay|Gulf|Strait|Canal|Desert|Valley|"
    r"Peninsula|Palace|Castle|Tower|Bridge|Airport|Stadium|Temple|Cathedral|Square|Park|Street|"
    r"Wall of|Museum|Oblast|Province|County|Prefecture)\b"
)
_NO_NAME = re.compile(
    r"^(list of|Help:|Wikipedia|Wikimedia|Deaths in|Template|demographics|flag of|ISO )|"
    r"season|episodes|filmography|discography|draft|\d{4}–\d{2}|^\d+$|^[A-Z]$"
)
_BAD_ALIAS = re.compile(r"[@#/\\|(){}\[\]:]|\d{3}|[\U0001f000-\U0001ffff]")
_MOST_ALIASES = 25
FAMOUS = 60
"""Prior of a person known by the first name: Madonna, Adele."""

KNOWN_CITY = 34
"""Prior of a city of 150,000 people."""


def add_prominent(
    collection: Collection, folder: Path, words: Words, first_names: set[str]
) -> None:
    """Add the 10,000 entities, except those without a name (``cookie``, ``list of …``)."""
    labels: dict[str, list[str]] = {}
    ranks: dict[str, int] = {}
    for line in (folder / "prominent.tsv").read_text().splitlines()[1:]:
        id_, rank, label = line.split("\t")
        labels.setdefault(id_, []).append(label)
        ranks[id_] = int(rank)
    cities = {
        entry.name: entry
        for entry in sorted(collection.entries.values(), key=lambda entry: entry.prior)
        if entry.id.startswith("geonames:") and entry.prior >= KNOWN_CITY
    }
    taken = {
        word
        for entry in collection.entries.values()
        if entry.type in {"org", "gpe", "loc"}
        for name in entry.names
        for word in name.split()[:1]
        if entry.prior >= KNOWN_CITY
    }
    for id_, names in labels.items():
        name = names[0]
        if id_ not in collection.entries and name in cities and id_ not in NO_CITIES:
            adopt(collection, cities[name], id_)
        known = id_ in collection.entries
        if not known and (name[:2].islower() or _NO_NAME.search(name)):
            continue
        prior = round(50 + 20 * math.log10(ranks[id_] / 2_000_000))
        kind = collection.entries[id_].type if known else ""
        kind = kind or kind_of(name, first_names)
        if not kind and is_person(names, words, taken):
            kind = "person"
        is_word = (
            " " not in name
            and name[1:].islower()
            and not words.is_name(name, margin=1.5)
            and words.frequency(name.lower()) > UNSEEN
        )
        if not known and kind == "" and (is_word or (name in first_names and prior < FAMOUS)):
            # A film, song or statue that is named like an everyday word or a first name.
            continue
        entry = collection.entry(id_, name, kind, prior, "prominent.tsv")
        good = [alias for alias in names if is_alias(alias, entry)]
        entry.add_names(good[:_MOST_ALIASES])
        if kind == "person":
            scanned = [
                a for a in good if len(a.split()) > 1 and all(p[0].isupper() for p in a.split())
            ]
            entry.scan.update(a for a in scanned if a.split()[0] in first_names)
        elif kind == "org" and " " in name:
            entry.scan.add(name)


def adopt(collection: Collection, city: Entry, id_: str) -> None:
    """Replace the GeoNames id of a city by the Wikidata id of the famous entity of its name."""
    del collection.entries[city.id]
    city.also.append(city.id)
    city.id = id_
    collection.entries[id_] = city


def is_alias(alias: str, entry: Entry) -> bool:
    """Return whether a label can mean the entity in running text."""
    if _BAD_ALIAS.search(alias) or not alias[:1].isupper():
        return False
    letters = alias.replace(".", "")
    if len(letters) < 3:  # noqa: PLR2004
        return entry.type == "org" and letters.isupper()
    parts = alias.split()
    # "President Trump" and "Mr Trump": the title is removed before linking.
    return not (entry.type == "person" and parts[0] in {"President", "Mr", "Mr.", "The", "Sir"})


def kind_of(name: str, first_names: set[str]) -> str:
    """Return the type that a name suggests; empty if it suggests none."""
    if _EVENT.search(name):
        return "event"
    if _ORGANIZATION.search(name):
        return "org"
    if _LOCATION.search(name):
        return "loc"
    parts = name.split()
    is_person = (
        2 <= len(parts) <= 4  # noqa: PLR2004
        and parts[0] in first_names
        and all(part[0].isupper() or part in {"van", "de", "von", "bin", "al"} for part in parts)
        and not re.search(r"[\d:&]|\b(The|and|of|in)\b", name)
    )
    return "person" if is_person else ""


def is_person(names: list[str], words: Words, taken: set[str]) -> bool:
    """Return whether labels are those of a person: a full name, with initials or more first names.

    Args:
        names: The name, then other labels: Mark Zuckerberg, Mark Elliot Zuckerberg.
        words: Frequencies that distinguish names from words.
        taken: First words of places and organizations.
    """
    parts = names[0].split()
    if not 2 <= len(parts) <= 3 or not all(p[0].isupper() and p[-1].isalpha() for p in parts):  # noqa: PLR2004
        return False
    first, last = parts[0], parts[-1]
    if first in taken or last in _NO_SURNAME or words.is_ordinary(first) or words.is_ordinary(last):
        return False
    others = [other.split() for other in names[1:] if other.endswith(f" {last}")]
    return any(
        (other[0] == first and len(other) > len(parts) and all(w[0].isupper() for w in other))
        or (_INITIALS.fullmatch(other[0]) and other[0][0] == first[0])
        for other in others
    )


NO_CITIES = frozenset(
    ["Q9439", "Q2695156", "Q100736066", "Q19320959", "Q21869840", "Q653", "Q29164", "Q116852",
     "Q132689", "Q219150", "Q4891479"]
)  # fmt: skip
"""People, films and dogs named like a city (read 2026-11-22)."""

_INITIALS = re.compile(r"[A-Z]\.?(?:[A-Z]\.?)?")
_NO_SURNAME = frozenset(["Empire", "Korea", "Asia", "Ireland", "Constitution", "City"])
"""Last words of the most read names of that form that are not people (read 2026-11-22)."""
