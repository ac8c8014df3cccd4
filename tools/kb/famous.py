"""Famous names and names of regions, with Wikidata ids: famous.tsv, regions.tsv."""

import re
from pathlib import Path

from kb.entry import Collection
from kb.words import Words

DATA = Path(__file__).parent / "data"

_SHORTEST = 5
"""Shortest single word that may be searched in running text, in letters."""


def add_famous(collection: Collection, table: str, words: Words, first_names: set[str]) -> None:
    """Add the rows of a table: id, type, prior, name, other names.

    A name is found without the tagger if it is unlikely to mean anything else: several words that
    are not all ordinary ones, or one word of a place that English writes as a name and that is
    not a first name.
    """
    for line in (DATA / table).read_text(encoding="utf-8").splitlines()[1:]:
        id_, type_, prior, name, other = line.split("\t")
        entry = collection.entry(id_, name, type_, int(prior), table)
        entry.add_names(filter(None, other.split("|")))
        entry.scan.update(n for n in entry.names if is_found(n, type_, words, first_names))


def is_found(name: str, type_: str, words: Words, first_names: set[str]) -> bool:
    """Return whether a name may be found in running text without the tagger."""
    parts = [part for part in re.split(r"[\s-]+", name) if part]
    if len(parts) > 1:
        return name[0].isupper() and not all(words.is_ordinary(part) for part in parts)
    return (
        type_ in {"loc", "gpe"}
        and len(name) >= _SHORTEST
        and name not in first_names
        and words.is_name(name, margin=2.0)
    )
