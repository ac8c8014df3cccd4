"""Entities while the knowledge base is being built, merged by id."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Entry:
    """An entity with everything the sources say of it.

    Attributes:
        names: Name to its strength: 2 the canonical one, 1 another, 0 a guess.
        scan: Names that may be found in running text without a tagger.
        code: Of a country or a part of one: ``us``, ``gb-sct``.
        scoped: Names that mean it only in its countries: Ministry of Defence.
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
        """Add names, keeping the better strength of one that is there."""
        for name in names:
            clean = " ".join(name.split())
            if clean:
                self.names[clean] = max(strength, self.names.get(clean, 0))


class Collection:
    """All entries by id."""

    def __init__(self) -> None:
        """Start empty."""
        self.entries: dict[str, Entry] = {}

    def entry(self, id_: str, name: str, type_: str, prior: int, source: str) -> Entry:
        """Give the entry of an id, made if it is new; the first name and type given stay."""
        entry = self.entries.get(id_)
        if entry is None:
            entry = self.entries[id_] = Entry(id=id_, name=name)
        entry.add_names([name], strength=2 if entry.name == name else 1)
        entry.type = entry.type or type_
        entry.prior = max(entry.prior, prior)
        entry.sources.add(source)
        return entry
