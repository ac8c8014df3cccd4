"""Entities that a user adds to the knowledge base, or overrides there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from streams.records.enriched import EntityType
from streams.tag.knowledge import KINDS, EntityFacts
from streams.tag.names import fold

TYPES: Final = tuple(kind.value for kind in EntityType if kind.value in KINDS)
"""Types that an added entity may have."""

_PRIOR = 96
"""Above every entity that is shipped: who adds a name means it."""


@dataclass(frozen=True, slots=True)
class AddedEntity:
    """An entity with all its names."""

    known: EntityFacts
    names: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Letter of its type."""
        return KINDS[self.known.type or ""]


def added_entity(
    name: str, type_: str, *, id_: str = "", aliases: Iterable[str] = (), note: str = ""
) -> AddedEntity:
    """Build an entity.

    Args:
        name: As it is shown.
        type_: One of `TYPES`.
        id_: Of Wikidata, ``geonames:…`` or ``local:…``; a known one is overridden. Empty: made of
            type and name.
        aliases: Other names under which it is found.
        note: What people should know of it.

    Examples:
        >>> added = added_entity("Harbor Authority", "org", aliases=["HBA"])
        >>> added.known.id, added.names
        ('local:org:harbor-authority', ('Harbor Authority', 'HBA'))
    """
    id_ = id_ or f"local:{type_}:{fold(name).replace(' ', '-')[:200]}"
    known = EntityFacts(id_, (), name, EntityType(type_), _PRIOR, " ".join(note.split()))
    return AddedEntity(known, tuple(dict.fromkeys([name, *aliases])))
