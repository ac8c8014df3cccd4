"""The knowledge base in memory: entities, their names, and the ways to spell them.

It comes from one packed text file that ``tools/build_kb.py`` writes, see `Knowledge.read`.
"""

import json
import lzma
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from streams.records.enriched import EntityType
from streams.tag.names import fold

FORMAT = 2
"""Of the file; a reader refuses any other."""


KINDS = {"person": "p", "org": "o", "gpe": "g", "loc": "l", "norp": "n", "event": "e", "": "u"}
"""Letter of a type in the file; its capital marks a name that needs the tagger's consent."""


_MOST_REMEMBERED = 20_000
"""Names whose bearers are kept at hand; some 10 MB."""


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """An entity of the knowledge base.

    Attributes:
        id: Wikidata id, ``geonames:N`` where it has none, else ``local:…``.
        also: Its other ids.
        name: Canonical name.
        type: What it is; None when the source does not say.
        prior: How likely it is meant where nothing else is known, 0 to 100.
        note: Offices with ``; `` between, or what it is; then ``@`` and codes of
            countries; may be empty.
    """

    id: str
    also: tuple[str, ...]
    name: str
    type: EntityType | None
    prior: int
    note: str

    @property
    def countries(self) -> tuple[str, ...]:
        """Codes of the countries it belongs to, such as ``us``."""
        return tuple(self.note.rpartition("@")[2].split()) if "@" in self.note else ()

    @property
    def offices(self) -> str:
        """Offices held, in lower case; for an organization what it is."""
        return self.note.rpartition("@")[0].casefold() if "@" in self.note else self.note.casefold()


class Knowledge:
    """Entities by their names: a block of bytes that is looked up line by line.

    A start takes as long as unpacking it, and a name some 10 microseconds, 1
    when it was asked for before (measured 2026-11-22).

    Attributes:
        n_patterns: How many names there are for the gazetteer.
    """

    def __init__(
        self,
        block: bytes,
        lines: "np.ndarray[Any, np.dtype[np.int64]]",
        added: Mapping[str, tuple[EntityFacts, ...]] | None = None,
    ) -> None:
        """Take the unpacked file and where each of its lines starts, see `read`."""
        self._block = block
        self._lines = lines
        header = json.loads(self._line(0))
        if header.get("format") != FORMAT:
            raise ValueError(f"knowledge base of format {header.get('format')}, not {FORMAT}")
        self._n_entities: int = header["entities"]
        self._keys = 1 + self._n_entities
        self._owners = self._keys + header["keys"]
        self._patterns = self._owners + header["keys"]
        self.n_patterns: int = header["patterns"]
        self._remembered: dict[str, tuple[EntityFacts, ...]] = {}
        self._added = added or {}
        self._overridden = {known.id for bearers in self._added.values() for known in bearers}

    @classmethod
    def read(cls, packed: bytes) -> "Knowledge":
        """Unpack a knowledge base.

        Args:
            packed: XZ over UTF-8 lines: a JSON header with the length of each
                section; entities (tab between id, other ids, name, type, prior,
                note); folded names in order, and for each the numbers of its
                entities with a comma between, best first; patterns; one line
                with a letter of `KINDS` for each pattern.

        Returns:
            The knowledge base.

        Raises:
            ValueError: If the file has another format.
        """
        block = lzma.decompress(packed) + b"\n"
        ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
        return cls(block, np.concatenate((np.zeros(1, dtype=np.int64), ends + 1)))

    def _line(self, number: int) -> str:
        return self._bytes(number).decode()

    def _bytes(self, number: int) -> bytes:
        return self._block[self._lines[number] : self._lines[number + 1] - 1]

    def patterns(self) -> tuple[list[str], str]:
        """Give the names to look for in running text, and for each a letter of `KINDS`.

        A capital marks a name that is none by itself, only a hint for the tagger.
        """
        first, last = self._lines[self._patterns], self._lines[self._patterns + self.n_patterns]
        names = self._block[first : last - 1].decode().split("\n") if self.n_patterns else []
        return names, self._line(self._patterns + self.n_patterns)

    def with_entities(self, added: Mapping[str, tuple[EntityFacts, ...]]) -> "Knowledge":
        """Give this knowledge base with more entities before its own.

        Args:
            added: Folded names and who bears them; an id that is known is overridden.
        """
        return Knowledge(self._block, self._lines, added)

    def __len__(self) -> int:
        return self._n_entities

    def entity(self, index: int) -> EntityFacts:
        """Give one entity by its number."""
        id_, also, name, type_, prior, note = self._line(1 + index).split("\t")
        return EntityFacts(
            id=id_,
            also=tuple(also.split()),
            name=name,
            type=EntityType(type_) if type_ else None,
            prior=int(prior),
            note=note,
        )

    def ids(self) -> frozenset[str]:
        """Give the ids of all entities."""
        first, last = self._lines[1], self._lines[self._keys]
        lines = self._block[first:last].decode().splitlines()
        return frozenset(line.split("\t", 1)[0] for line in lines)

    def country(self, code: str) -> EntityFacts | None:
        """Give the country of a code, ``us``; None if there is none."""
        return next(iter(self.candidates_of("@" + code)), None)

    def candidates(self, name: str) -> tuple[EntityFacts, ...]:
        """Give the entities that bear a name, the likeliest first.

        Args:
            name: In any spelling that `streams.tag.names.fold` makes equal.
        """
        return self.candidates_of(fold(name))

    def candidates_of(self, key: str) -> tuple[EntityFacts, ...]:
        """Give the entities under a folded name."""
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = self._looked_up(key)
        return found

    def _looked_up(self, key: str) -> tuple[EntityFacts, ...]:
        wanted = key.encode("utf-8", "replace")
        at = bisect_left(range(self._keys, self._owners), wanted, key=self._bytes)
        number = self._keys + at
        known: list[EntityFacts] = []
        if number < self._owners and self._bytes(number) == wanted:
            owners = self._line(number + self._owners - self._keys)
            known = [self.entity(int(owner)) for owner in owners.split(",")]
        added = self._added.get(key, ())
        return (*added, *(entity for entity in known if entity.id not in self._overridden))

    def holders(self, surname: str) -> tuple[EntityFacts, ...]:
        """Give the people with this last name who hold or held an executive office."""
        return self.candidates_of("~" + fold(surname))

    def incumbents(self, office: str, country: str) -> tuple[EntityFacts, ...]:
        """Give the people who hold or held an office in a country.

        Args:
            office: A word of it in lower case, ``minister``.
            country: Code, ``de``.
        """
        return self.candidates_of(f"~{office}@{country}")
