"""Nationalities, religions and political groups: demonyms.tsv."""

from collections.abc import Iterable
from pathlib import Path

from kb.entry import Collection
from streams.tag.names import fold

DATA = Path(__file__).parent / "data"
PLURAL = ("an", "en", "in", "on", "i", "ot", "ite", "ard", "er", "ean", "o", "ine")

FIRST_NAMES = frozenset({"Dane", "Finn"})
"""Forms that are more likely a first name, left to the tagger."""


def add_peoples(collection: Collection) -> None:
    """Add one entity for each people; its plural and adjective are its names.

    Its note names the country or Wikidata entity to which its names are linked.
    """
    for line in (DATA / "demonyms.tsv").read_text().splitlines()[1:]:
        if line.startswith("#") or not line:
            continue
        code, forms, people, plural = (line.split("\t") + [""] * 4)[:4]
        listed = forms.split("|")
        if code == "-":
            # A line without a code has many peoples; a form and its plural are one people.
            for form in listed:
                stem = form.removesuffix("s") if form[:-1] in listed else form
                _add(collection, stem, [form], "")
            continue
        own = plural.split("|") if plural else []
        others = [f"{form}s" for form in listed if form.endswith(PLURAL)]
        _add(collection, listed[0], [*listed, *(f for f in others if f not in own)], code)
        if own:
            _add(collection, own[0], own, f"{people} {code}")


def _add(collection: Collection, name: str, names: Iterable[str], codes: str) -> None:
    id_ = "local:norp:" + fold(name).replace(" ", "-")
    entry = collection.entry(id_, name, "norp", 70, "demonyms.tsv")
    entry.add_names(names)
    entry.scan.update(set(entry.names) - FIRST_NAMES)
    if codes and not entry.notes:
        parts = [code for code in codes.split() if "-" in code]
        entry.notes.append("@" + " ".join([*codes.split(), *(c.split("-")[0] for c in parts)]))


def add_missing(collection: Collection) -> None:
    """Add the peoples and religions that no source has, under the plural of their names."""
    for entry in list(collection.entries.values()):
        if entry.type == "norp" and "demonyms.tsv" in entry.sources and entry.notes:
            first = entry.notes[0][1:].split()[0]
            if first.startswith("Q") and first not in collection.entries:
                plural = [name for name in entry.names if name.endswith("s")]
                collection.entry(first, (plural or [entry.name])[0], "norp", 60, "demonyms.tsv")


def targets(collection: Collection) -> set[str]:
    """Return the codes and ids to which names of peoples are linked."""
    return {
        code
        for entry in collection.entries.values()
        if entry.type == "norp" and "demonyms.tsv" in entry.sources
        for note in entry.notes
        for code in note[1:].split()
    }
