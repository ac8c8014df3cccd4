"""Well connected Wikidata entities with what they are: wikidata_labels.tsv."""

import re
from pathlib import Path

from kb.entry import Collection, Entry
from kb.listed import is_distinct, without_club
from kb.offices import Countries
from kb.prominent import adopt
from kb.words import Words

DATA = Path(__file__).parent / "data"

KINDS = (
    ("", 18, r"film|novel|series|song|album|video game|game|manga|anime|opera|ballet|episode|single by|"
             r"language|currency|constellation|asteroid|software|programming|chemical|protein|disease|"
             r"compound|drug|award|medal|order of|flag|anthem|journal|magazine|character|genus|species|"
             r"record|play by|painting|mathemat|physics|concept|style|month|day of|date|ship|submarine|"
             r"cruiser|destroyer|aircraft|missile|locomotive|tank|calendar"),
    ("event", 30, r"war|battle|election|season|tournament|championship|earthquake|edition of|"
                  r"conflict|uprising|revolution|hurricane|festival|referendum|attack|massacre|race|"
                  r"cup|olympics|games|treaty|crisis|disaster|siege|rebellion"),
    ("org", 34, r"club|team|university|college|airline|company|party|bank|diocese|archdiocese|church|"
                r"newspaper|agency|ministry|organi[sz]ation|institution|institute|network|channel|"
                r"broadcaster|record label|publisher|legislature|parliament|league|school|hospital|"
                r"band|group|association|corporation|manufacturer|federation|union|army|navy|force|"
                r"brand|chain|operator|department of the|commission|committee|council|court|police|"
                r"studio|retailer|business|firm|academy|foundation|regiment|division|service|provider|platform|"
                r"website|exchange|conglomerate|airlines|bank holding|automaker|society|bureau|office|"
                r"branch|squadron|franchise|orchestra|assembly|senate|house|chamber|coalition|front"),
    ("gpe", 33, r"city|town|municipality|capital|prefecture|county|province|commune|village|district|"
                r"borough|region|state|canton|department|oblast|comune|parish|settlement|country|gmina|"
                r"subdivision|territory|republic|kingdom|empire|emirate|suburb|neighbou?rhood|ward|seaport|resort"),
    ("loc", 30, r"river|mountain|lake|volcano|island|sea|ocean|bay|gulf|strait|canal|station|airport|"
                r"stadium|arena|bridge|building|skyscraper|museum|park|castle|palace|tower|peninsula|"
                r"desert|valley|peak|hill|street|square|line|railway|cathedral|temple|theater|theatre|"
                r"forest|glacier|port|dam|road|cemetery|library|monument"),
)  # fmt: skip
"""Type, prior, and the words of a description that tell it; the first word that fits decides."""

_PATTERNS = [(kind, prior, re.compile(rf"\b(?:{words})s?\b")) for kind, prior, words in KINDS]


_FRANCHISE = re.compile(r"franchise|(?:American football|basketball|baseball|hockey) (?:team|club)")
"""Teams whose last word is what news calls them: the Lakers."""

_HEAD_ENDS = re.compile(
    r"(?<=\w)(?:,| (?:in|of|from|by|based|located|situated|that|which|between|on|at|for|serving|"
    r"owned|developed|directed|created|to|with|near|and seat)\b)"
)
"""Where the noun that says what something is has been said."""


def add_labels(collection: Collection, countries: Countries, words: Words) -> None:
    """Add them: cities join their GeoNames entry, the rest are new or get a description."""
    cities: dict[str, list[Entry]] = {}
    for entry in collection.entries.values():
        if entry.id.startswith("geonames:"):
            cities.setdefault(entry.name, []).append(entry)
    for line in (DATA / "wikidata_labels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        id_, name, about = line.split("\t")
        known = collection.entries.get(id_)
        if known is not None:
            known.add_names([name])
            if not known.type:
                known.type = kind_of(about)[0]
            continue
        kind, prior = kind_of(about)
        if kind == "gpe":
            codes = countries.note([about]).rpartition("@")[2].split()
            same = [
                city
                for city in cities.get(name, [])
                if not codes or (city.notes and city.notes[0][1:] in codes)
            ]
            if len(same) == 1 and same[0].id.startswith("geonames:"):
                adopt(collection, same[0], id_)
                same[0].sources.add("wikidata_labels.tsv")
                continue
        entry = collection.entry(id_, name, kind, prior, "wikidata_labels.tsv")
        if name.startswith("The "):
            entry.add_names([name[4:]])
        note = countries.note([about])
        entry.notes = [about + " @" + note.rpartition("@")[2]]
        if kind == "org":
            entry.add_names([without_club(name)])
            if _FRANCHISE.search(about) and name.endswith("s"):
                entry.add_names([name.rsplit(" ", 1)[-1]], strength=0)
        if kind in {"org", "loc"} and is_distinct(name, words):
            entry.scan.add(name)


def kind_of(about: str) -> tuple[str, int]:
    """Give the type that the earliest telling word of a description speaks for, and a prior."""
    head = _HEAD_ENDS.split(about.casefold(), maxsplit=1)[0]
    found = [
        (match.start(), kind, prior)
        for kind, prior, pattern in _PATTERNS
        for match in pattern.finditer(head)
    ]
    if not found:
        return "", 24
    # Of several words the last is what it is: "football club", "river island".
    _, kind, prior = max(found)
    return kind, prior
