"""People of persons.jsonl in the corpora."""

import json
import re
from pathlib import Path

from kb.entry import Collection
from kb.offices import Countries
from kb.words import Words

PRIORS = {2: 15, 5: 30, 10: 35, 20: 50, 50: 60}
"""Prior of the file (see its README) to the prior here, 0 to 100: below capitals and big cities."""

_LATIN = re.compile(r"[A-Za-z]")


def add_people(
    collection: Collection,
    folder: Path,
    countries: Countries,
    words: Words,
    first_names: set[str],
) -> None:
    """Add politicians and officials.

    A name is found without a tagger if it has a first and a last name and its bearer holds or
    held an executive office, or if it is so rare that other bearers are unlikely: not an English
    first name before a word or surname that is frequent in English.
    """
    for line in (folder / "persons.jsonl").read_text().splitlines():
        person = json.loads(line)
        prior = PRIORS[person["prior"]]
        entry = collection.entry(person["id"], person["name"], "person", prior, "persons.jsonl")
        entry.notes = [countries.note(person["descriptions"])]
        names = [person["name"], *person["aliases"]]
        for name in names:
            if "," in name:
                last, _, first = name.partition(",")
                entry.add_names([f"{first.strip()} {last.strip()}"])
            else:
                entry.add_names([name])
        for name in entry.names:
            parts = name.split()
            if len(parts) < 2 or any(len(part) == 1 for part in parts):  # noqa: PLR2004
                continue
            if _LATIN.search(name) and prior < PRIORS[10] and is_common(parts, words, first_names):
                continue
            entry.scan.add(name)


def is_common(parts: list[str], words: Words, first_names: set[str]) -> bool:
    """Return whether many people may have a name: common first name, last name known in English."""
    return parts[0] in first_names and words.frequency(parts[-1]) > -15.5  # noqa: PLR2004
