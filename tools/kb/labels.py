"""Well connected Wikidata entities with what they are: wikidata_labels.tsv."""

import re
from pathlib import Path

from kb.entry import Collection, Entry
from kb.listed import is_distinct, without_club
from kb.offices import Countries
from kb.prominent import adopt
from kb.words import Words

DATA = Path(__file__).parent / "data"

KINDS = {
    "": """film novel series song album video_game game manga anime opera ballet episode language
        currency constellation asteroid software programming chemical protein disease compound drug
        award medal order flag anthem journal magazine character genus species record play painting
        concept style month day date ship submarine cruiser destroyer aircraft missile locomotive
        tank calendar battleship single sitcom show pack holiday decoration system database tramway
        spaceflight mission probe theory period family""",
    "person": """actor actress singer songwriter musician rapper artist politician president monarch
        king queen emperor empress pharaoh sultan shogun writer author novelist poet playwright
        philosopher scientist physicist chemist mathematician astronomer biologist naturalist
        composer businessman businesswoman entrepreneur industrialist player footballer cricketer
        boxer wrestler driver swimmer golfer cyclist sprinter skier skater gymnast journalist
        comedian filmmaker painter sculptor architect astronaut cosmonaut saint apostle missionary
        theologian historian economist inventor physician nurse lawyer activist revolutionary
        statesman dictator pope guitarist pianist drummer presenter youtuber fashion_designer
        film_director military_officer""",
    "event": """war battle election season tournament championship earthquake edition conflict
        uprising revolution hurricane festival referendum attack massacre race cup olympics games
        treaty crisis disaster siege rebellion""",
    "org": """club team university college airline company party bank diocese archdiocese church
        newspaper agency ministry organi[sz]ation institution institute network channel broadcaster
        label publisher legislature parliament league school hospital band group association
        corporation manufacturer federation union army navy force brand chain operator commission
        committee council court police studio retailer business firm academy foundation regiment
        division service provider platform website exchange conglomerate airlines automaker society
        bureau office branch squadron franchise orchestra assembly senate house chamber coalition
        front faction charity legislative_body conference confederation sect militia""",
    "gpe": """city town municipality capital prefecture county province commune village district
        borough region state canton department oblast comune parish settlement country gmina
        subdivision territory republic kingdom empire emirate suburb neighbou?rhood ward seaport
        resort krai voivodeship federal_subject urban_area autonomous_community""",
    "loc": """river mountain lake volcano island sea ocean bay gulf strait canal station airport
        stadium arena bridge building skyscraper museum park castle palace tower peninsula desert
        valley peak hill street square line railway cathedral temple theater theatre forest glacier
        port dam road cemetery library monument fort hall tunnel rainforest stratovolcano inlet
        hotel gallery venue""",
}
"""Type, and the words of a description that tell it, ``_`` for a space; the last one decides."""

PRIORS = {"": 18, "person": 36, "event": 30, "org": 34, "gpe": 33, "loc": 30}

_PATTERNS = [
    (kind, re.compile(rf"\b(?:{'|'.join(words.split()).replace('_', ' ')})s?\b"))
    for kind, words in KINDS.items()
]


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
        codes = countries.note([about]).rpartition("@")[2]
        city = _city(cities.get(name, []), codes.split()) if kind_of(about)[0] == "gpe" else None
        if known is not None:
            known.add_names([name])
            known.type = known.type or kind_of(about)[0]
        elif city is not None:
            adopt(collection, city, id_)
            city.scan.update([name] if is_distinct(name, words) else [])
        else:
            entry = _new(collection, id_, name, about)
            entry.notes = [f"{about} @{codes}"]
            if entry.type in {"org", "loc", "gpe"} and is_distinct(name, words):
                entry.scan.add(name)


def _city(same_name: list[Entry], codes: list[str]) -> Entry | None:
    """Give the one GeoNames city of a name in these countries; None if it is not one."""
    same = [c for c in same_name if not codes or (c.notes and c.notes[0][1:] in codes)]
    return same[0] if len(same) == 1 and same[0].id.startswith("geonames:") else None


def _new(collection: Collection, id_: str, name: str, about: str) -> Entry:
    kind, prior = kind_of(about)
    entry = collection.entry(id_, name, kind, prior, "wikidata_labels.tsv")
    if name.startswith("The "):
        entry.add_names([name[4:]])
    if kind == "org":
        entry.add_names([without_club(name)])
        if _FRANCHISE.search(about) and name.endswith("s"):
            entry.add_names([name.rsplit(" ", 1)[-1]], strength=0)
    return entry


def kind_of(about: str) -> tuple[str, int]:
    """Give the type that the earliest telling word of a description speaks for, and a prior."""
    head = _HEAD_ENDS.split(about.casefold(), maxsplit=1)[0]
    found = [
        (match.start(), kind) for kind, pattern in _PATTERNS for match in pattern.finditer(head)
    ]
    if not found:
        return "", 24
    # Of several words the last is what it is: "football club", "river island".
    kind = max(found)[1]
    return kind, PRIORS[kind]
