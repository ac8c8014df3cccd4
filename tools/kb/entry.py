"""Entities during the build of the knowledge base, merged by id."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Entry:
    """An entity with the data of all sources.

    Attributes:
        names: Strength of each name: 2 for the canonical one, 1 for others, 0 for a guess.
        scan: Names that may be found in running text without a tagger.
        code: Code of a country or a part of one: ``us``, ``gb-sct``.
        scoped: Names that mean the entity only in its countries, such as Ministry of Defence.
    """

    id: str
    name: str
    type: str = ""
    prior: int = 0
    also: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    scan: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    code: str = ""
    scoped: set[str] = field(default_factory=set)

    def add_names(self, names: Iterable[str], *, strength: int = 1) -> None:
        """Add names; a name that exists keeps the higher strength."""
        for name in names:
            clean = " ".join(name.split())
            if clean:
                self.names[clean] = max(strength, self.names.get(clean, 0))


class Collection:
    """All entries, by id."""

    def __init__(self) -> None:

        self.entries: dict[str, Entry] = {}

    def entry(self, id_: str, name: str, type_: str, prior: int, source: str) -> Entry:
        """Return the entry of an id, created if new; the first name and type are kept."""
        entry = self.entries.get(id_)
        if entry is None:
            entry = self.entries[id_] = Entry(id=id_, name=name)
        entry.add_names([name], strength=2 if entry.name == name else 1)
        entry.type = entry.type or type_
        entry.prior = max(entry.prior, prior)
        entry.sources.add(source)
        return entry
