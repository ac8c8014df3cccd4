"""Extract tools/kb/data/brands.tsv and places_index.tsv from the name-suggestion-index.

    npm pack name-suggestion-index@8.0.20260918
    python tools/extract_organisations.py name-suggestion-index-8.0.20260918.tgz

The index (BSD-3-Clause, for OpenStreetMap) has Wikidata ids of companies, banks, shops,
agencies, police forces, councils, school districts and operators. Flags and the school
districts of the Philippines, which share their names with towns, are left out. The id of
a town or a state that operates something is written to the places.
"""

import json
import re
import sys
import tarfile
from pathlib import Path

OUT = Path(__file__).parent / "kb" / "data"
SKIPPED = ("flags/",)
NO_ORGANISATION = re.compile(
    r"(?:(?:an?|the) )?(?:(?!(?:of|in|for|serving|that|school|park|transit|police|utility|water|"
    r"fire|protection|special|special-purpose)\b)\S+ ){0,3}"
    r"(?:municipality|township|commune|comune|town|city|village|county|parish|borough|prefecture|"
    r"region|province|district|powiat|ward|settlement|state|area|authority area|concelho|"
    r"communauté|country|island)"
    r"(?: (?:in|of|and|seat|located|within)\b|,|$)"
    r"|.*\b(?:flag (?:of|used|for|representing)|Filipino school district)\b"
)
"""Start of the description of a place, or of something that news does not call an organization."""
PLACE = re.compile(
    r"(?:(?:the|an?|largest|most populous|second|independent|home[- ]rule|\w*capital|constituent|"
    r"first-level|third|federal|sovereign|coastal|port|sub-provincial|\w+-level) )*"
    r"(?:city|town|capital|state|province|prefecture|county|region|district|country|"
    r"metropolis|village|borough|voivodeship|autonomous community|territory)s?"
    r"(?: and \w+)*(?:,? (?:in|of)| seat)\b(?!.* (?:school|park|water|transit)\b)"
)
"""Start of the description of a place: "city in", "capital of"."""
IDS = ("brand:wikidata", "operator:wikidata", "network:wikidata")
NAMES = (
    "name",
    "brand",
    "operator",
    "network",
    "short_name",
    "official_name",
    "brand:en",
    "name:en",
)


def main() -> None:
    """Read the package, and write ids, numbers of uses, descriptions and names."""
    with tarfile.open(sys.argv[1]) as package:
        index = member(package, "package/dist/json/nsi.min.json")["nsi"]
        about = member(package, "package/dist/wikidata/wikidata.min.json")["wikidata"]
    names: dict[str, dict[str, None]] = {}
    uses: dict[str, int] = {}
    for path, category in sorted(index.items()):
        if path.startswith(SKIPPED):
            continue
        for item in category["items"]:
            tags = item["tags"]
            for key in IDS:
                id_ = tags.get(key, "")
                if not id_.startswith("Q") or ";" in id_:
                    continue
                kind = key.split(":")[0]
                spelled = [tags.get(kind, ""), tags.get(f"{kind}:en", "")]
                if kind == "brand":
                    spelled += [tags.get(name, "") for name in NAMES]
                names.setdefault(id_, {}).update(dict.fromkeys(spelled))
                uses[id_] = uses.get(id_, 0) + 1
    rows = ["id\tuses\tabout\tname\tother names"]
    for id_ in sorted(names, key=lambda q: int(q[1:])):
        label = about.get(id_, {}).get("label") or next(iter(names[id_]))
        text = about.get(id_, {}).get("description") or ""
        if NO_ORGANISATION.match(text) or not label:
            continue
        other = sorted({n.strip() for n in names[id_] if n and n.strip()} - {label})
        rows.append("\t".join([id_, str(uses[id_]), text[:70], label, "|".join(other)]))
    write("brands.tsv", rows)
    write("places_index.tsv", places(about))


def write(name: str, rows: list[str]) -> None:
    """Write a table whose first row is its header."""
    (OUT / name).write_text("\n".join(" ".join(row.split("\n")) for row in rows) + "\n")
    print(len(rows) - 1, "rows in", name)


def places(about: dict[str, dict[str, str]]) -> list[str]:
    """Return id, name and description of every entry whose description starts as that of a place.

    Municipalities are left out: their id often differs from that of the city in them.
    """
    rows = ["id\tname\tabout"]
    for id_ in sorted(about, key=lambda q: int(q[1:])):
        name, text = about[id_].get("label") or "", about[id_].get("description") or ""
        if PLACE.match(text) and name[:1].isupper() and "," not in name and "(" not in name:
            rows.append(f"{id_}\t{name}\t{' '.join(text.split())[:120]}")
    return rows


def member(package: tarfile.TarFile, name: str) -> dict:
    """Return the content of a JSON file in the package."""
    file = package.extractfile(name)
    return json.load(file) if file else {}


if __name__ == "__main__":
    main()
