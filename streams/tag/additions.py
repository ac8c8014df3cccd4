"""Entities that a user adds or overrides: the text of ``entities.toml`` in, entities out."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from streams.records.enriched import EntityType
from streams.tag.knowledge import KINDS, EntityFacts
from streams.tag.names import fold

_FIELDS = {"id", "name", "type", "aliases", "note"}
_ID = re.compile(r"Q\d+|geonames:\d+|local:\S{1,480}")
_PRIOR = 96
"""Above every entity that is shipped: who adds a name means it."""


class EntitiesError(ValueError):
    """An entry of the file cannot be used; says which, and what was expected."""


@dataclass(frozen=True, slots=True)
class AddedEntity:
    """An entity with all its names."""

    known: EntityFacts
    names: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Letter of its type."""
        return KINDS[self.known.type or ""]


def parse_entities(text: str, *, file: str = "entities.toml") -> tuple[AddedEntity, ...]:
    """Read the entries of the file.

    Args:
        text: TOML with tables ``[[entity]]``: ``name`` and ``type`` (person, org,
            gpe, loc, norp, event); optional ``id`` (Wikidata, ``geonames:``, ``local:``;
            a known one is overridden), ``aliases``, ``note``.
        file: Its name, for messages.

    Raises:
        EntitiesError: If the text is no TOML or an entry cannot be used.

    Examples:
        >>> [added] = parse_entities('''
        ... [[entity]]
        ... name = "Harbor Authority"
        ... type = "org"
        ... aliases = ["HBA"]
        ... ''')
        >>> added.known.id, added.names
        ('local:org:harbor-authority', ('Harbor Authority', 'HBA'))
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EntitiesError(f"{file}: {error}") from error
    if set(tables) - {"entity"}:
        raise EntitiesError(f"{file}: expected only tables [[entity]], got {', '.join(tables)}")
    entries = tables.get("entity", [])
    if not isinstance(entries, list):
        raise EntitiesError(f"{file}: expected [[entity]], got [entity]")
    return tuple(_added(entry, f"{file}: entity {n}") for n, entry in enumerate(entries, start=1))


def _added(entry: dict[str, Any], where: str) -> AddedEntity:
    name, aliases = entry.get("name"), entry.get("aliases", [])
    if not isinstance(name, str) or not fold(name):
        raise EntitiesError(f"{where}: expected a name, got {name!r}")
    if set(entry) - _FIELDS:
        unknown = ", ".join(sorted(set(entry) - _FIELDS))
        raise EntitiesError(f"{where} ({name}): unknown field {unknown}")
    if not isinstance(aliases, list) or not all(isinstance(a, str) and fold(a) for a in aliases):
        raise EntitiesError(f"{where} ({name}): expected aliases as a list of names")
    types = [kind.value for kind in EntityType if kind.value in KINDS]
    if entry.get("type") not in types:
        expected = ", ".join(types)
        raise EntitiesError(
            f"{where} ({name}): expected type {expected}, got {entry.get('type')!r}"
        )
    type_ = EntityType(entry["type"])
    id_ = entry.get("id", f"local:{type_.value}:{fold(name).replace(' ', '-')[:200]}")
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise EntitiesError(f"{where} ({name}): expected id Q…, geonames:… or local:…, got {id_!r}")
    note = entry.get("note", "")
    if not isinstance(note, str):
        raise EntitiesError(f"{where} ({name}): expected note as text")
    known = EntityFacts(id_, (), name, type_, _PRIOR, " ".join(note.split()))
    return AddedEntity(known, tuple(dict.fromkeys([name, *aliases])))
