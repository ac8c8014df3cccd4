"""The knowledge base in memory: entities, their names, and the ways to spell them.

It comes from one packed text file that ``tools/build_kb.py`` writes, see `Knowledge.read`.
"""

import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.enriched import EntityType
from streams.tag.names import fold

FORMAT = 2
"""Of the file; a reader refuses any other."""


KINDS = {"person": "p", "org": "o", "gpe": "g", "loc": "l", "norp": "n", "event": "e", "": "u"}
"""Letter of a type in the file; its capital marks a name that needs the tagger's consent."""


@dataclass(frozen=True, slots=True)
class Known:
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
    """Entities by their names; reads its lines lazily, so that it starts fast.

    Attributes:
        patterns: Names as they stand in running text.
        kinds: For each pattern a letter of `KINDS`: what it names; a capital
            where it is no name by itself, only a hint for the tagger.
    """

    def __init__(
        self, entities: Sequence[str], keys: dict[str, str], patterns: list[str], kinds: str
    ) -> None:
        """Take the lines of the three sections, see `read`."""
        self._entities = entities
        self._keys = keys
        self.patterns = patterns
        self.kinds = kinds

    @classmethod
    def read(cls, packed: bytes) -> "Knowledge":
        """Unpack a knowledge base.

        Args:
            packed: XZ over UTF-8 lines: a JSON header with the length of each
                section; entities (tab between id, other ids, name, type, prior,
                note); folded names, and for each the numbers of its entities
                with a comma between, best first; patterns; one line of kinds.

        Returns:
            The knowledge base.

        Raises:
            ValueError: If the file has another format.
        """
        lines = lzma.decompress(packed).decode().split("\n")
        header = json.loads(lines[0])
        if header.get("format") != FORMAT:
            raise ValueError(f"knowledge base of format {header.get('format')}, not {FORMAT}")
        entities = 1 + header["entities"]
        keys = entities + header["keys"]
        owners = keys + header["keys"]
        return cls(
            entities=lines[1:entities],
            keys=dict(zip(lines[entities:keys], lines[keys:owners], strict=True)),
            patterns=lines[owners : owners + header["patterns"]],
            kinds=lines[-1],
        )

    def __len__(self) -> int:
        return len(self._entities)

    def entity(self, index: int) -> Known:
        """Give one entity by its number."""
        id_, also, name, type_, prior, note = self._entities[index].split("\t")
        return Known(
            id=id_,
            also=tuple(also.split()),
            name=name,
            type=EntityType(type_) if type_ else None,
            prior=int(prior),
            note=note,
        )

    def country(self, code: str) -> Known | None:
        """Give the country of a code, ``us``; None if there is none."""
        return next(iter(self.candidates_of("@" + code)), None)

    def has(self, id_: str) -> bool:
        """Whether an id is known; looks through all, for evaluation only."""
        return any(line.startswith(id_ + "\t") for line in self._entities)

    def candidates(self, name: str) -> tuple[Known, ...]:
        """Give the entities that bear a name, the likeliest first.

        Args:
            name: In any spelling that `streams.tag.names.fold` makes equal.
        """
        return self.candidates_of(fold(name))

    def candidates_of(self, key: str) -> tuple[Known, ...]:
        """Give the entities under a folded name."""
        owners = self._keys.get(key)
        return tuple(self.entity(int(owner)) for owner in owners.split(",")) if owners else ()

    def holders(self, surname: str) -> tuple[Known, ...]:
        """Give the people with this last name who hold or held an executive office."""
        return self.candidates_of("~" + fold(surname))

    def incumbents(self, office: str, country: str) -> tuple[Known, ...]:
        """Give the people who hold or held an office in a country.

        Args:
            office: A word of it in lower case, ``minister``.
            country: Code, ``de``.
        """
        return self.candidates_of(f"~{office}@{country}")
