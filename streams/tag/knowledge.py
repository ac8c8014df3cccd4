"""Look up entities by their names in the knowledge base.

The knowledge base is one packed text file that ``tools/build_kb.py`` writes, see `Knowledge.read`.
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
"""Version of the file format; `Knowledge` refuses any other."""

KINDS = {"person": "p", "org": "o", "gpe": "g", "loc": "l", "norp": "n", "event": "e", "": "u"}
"""Type to its letter in the file; a capital marks a name that the tagger must confirm."""

_CACHE_SIZE = 20_000
"""Names whose entities are cached; about 10 MB."""


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """An entity of the knowledge base.

    Attributes:
        id: Wikidata id; ``geonames:N`` if it has none, else ``local:…``.
        also: Its other ids.
        name: Canonical name.
        type: Its type; None if the source does not name it.
        prior: Likelihood, from 0 to 100, that the name means it without further evidence.
        note: Offices separated by ``; ``, or a description; then ``@`` and codes of
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
        """Codes of its countries, such as ``us``."""
        return tuple(self.note.rpartition("@")[2].split()) if "@" in self.note else ()

    @property
    def offices(self) -> str:
        """Offices held, in lower case; for an organization its description."""
        return self.note.rpartition("@")[0].casefold() if "@" in self.note else self.note.casefold()


class Knowledge:
    """Entities by their names, kept as a block of bytes that is searched line by line.

    Loading takes as long as unpacking the file; looking up a name takes about 10 microseconds,
    a cached name 1 (measured 2026-11-22).

    Args:
        block: The unpacked file.
        lines: Position in ``block`` at which each line starts, see `read`.
        added: Folded names and further entities that have them, see `with_entities`.

    Attributes:
        n_patterns: Number of names for the gazetteer.

    Raises:
        ValueError: If the file has another format.
    """

    def __init__(
        self,
        block: bytes,
        lines: "np.ndarray[Any, np.dtype[np.int64]]",
        added: Mapping[str, tuple[EntityFacts, ...]] | None = None,
    ) -> None:
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
        self._cache: dict[str, tuple[EntityFacts, ...]] = {}
        self._added = added or {}
        self._overridden = {entity.id for bearers in self._added.values() for entity in bearers}

    @classmethod
    def read(cls, packed: bytes) -> "Knowledge":
        """Unpack a knowledge base.

        Args:
            packed: XZ over UTF-8 lines: a JSON header with the length of each
                section; entities (id, other ids, name, type, prior and note, separated by
                tabs); folded names in order, and for each the numbers of its
                entities, separated by commas, best first; patterns; one line
                with a letter of `KINDS` for each pattern.

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
        """Return the names to find in running text, and a letter of `KINDS` for each.

        A capital letter marks a pattern that is not a name by itself, only a hint for the tagger.
        """
        first, last = self._lines[self._patterns], self._lines[self._patterns + self.n_patterns]
        names = self._block[first : last - 1].decode().split("\n") if self.n_patterns else []
        return names, self._line(self._patterns + self.n_patterns)

    def with_entities(self, added: Mapping[str, tuple[EntityFacts, ...]]) -> "Knowledge":
        """Return a copy of the knowledge base with more entities before its own.

        Args:
            added: Folded names and the entities that have them; entities of the same id are
                overridden.
        """
        return Knowledge(self._block, self._lines, added)

    def __len__(self) -> int:
        return self._n_entities

    def entity(self, index: int) -> EntityFacts:
        """Return an entity by its number."""
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
        """Return the ids of all entities."""
        first, last = self._lines[1], self._lines[self._keys]
        lines = self._block[first:last].decode().splitlines()
        return frozenset(line.split("\t", 1)[0] for line in lines)

    def country(self, code: str) -> EntityFacts | None:
        """Return the country with a code, such as ``us``; None if there is none."""
        return next(iter(self.candidates_of("@" + code)), None)

    def candidates(self, name: str) -> tuple[EntityFacts, ...]:
        """Return the entities that have a name, the likeliest first.

        Args:
            name: Any spelling that `streams.tag.names.fold` makes equal.
        """
        return self.candidates_of(fold(name))

    def candidates_of(self, key: str) -> tuple[EntityFacts, ...]:
        """Return the entities with a folded name."""
        entities = self._cache.get(key)
        if entities is None:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            entities = self._cache[key] = self._look_up(key)
        return entities

    def _look_up(self, key: str) -> tuple[EntityFacts, ...]:
        wanted = key.encode("utf-8", "replace")
        at = bisect_left(range(self._keys, self._owners), wanted, key=self._bytes)
        number = self._keys + at
        shipped: list[EntityFacts] = []
        if number < self._owners and self._bytes(number) == wanted:
            owners = self._line(number + self._owners - self._keys)
            shipped = [self.entity(int(owner)) for owner in owners.split(",")]
        added = self._added.get(key, ())
        return (*added, *(entity for entity in shipped if entity.id not in self._overridden))

    def holders(self, surname: str) -> tuple[EntityFacts, ...]:
        """Return the people with this last name who hold or held an executive office."""
        return self.candidates_of("~" + fold(surname))

    def incumbents(self, office: str, country: str) -> tuple[EntityFacts, ...]:
        """Return the people who hold or held an office in a country.

        Args:
            office: A word of the office in lower case, such as ``minister``.
            country: Code of the country, such as ``de``.
        """
        return self.candidates_of(f"~{office}@{country}")
