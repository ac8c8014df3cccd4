"""Build entities that a user adds to the knowledge base or overrides in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from streams.records.enriched import EntityType
from streams.tag.knowledge import KINDS, EntityFacts
from streams.tag.names import fold

TYPES: Final = tuple(kind.value for kind in EntityType if kind.value in KINDS)
"""Types that an added entity may have."""

_PRIOR = 96
"""Above every shipped entity, since a user who adds a name means that entity."""


@dataclass(frozen=True, slots=True)
class AddedEntity:
    """An added entity with all its names."""

    facts: EntityFacts
    names: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Letter of its type."""
        return KINDS[self.facts.type or ""]


def added_entity(
    name: str, type_: str, *, id_: str = "", aliases: Iterable[str] = (), note: str = ""
) -> AddedEntity:
    """Return an entity to be added.

    Args:
        name: Name for display.
        type_: One of `TYPES`.
        id_: Id of Wikidata, ``geonames:…`` or ``local:…``; overrides the shipped entity of that
            id. Defaults to an id of type and name.
        aliases: Other names under which it is found.
        note: Description for readers.

    Examples:
        >>> added = added_entity("Harbor Authority", "org", aliases=["HBA"])
        >>> added.facts.id, added.names
        ('local:org:harbor-authority', ('Harbor Authority', 'HBA'))
    """
    id_ = id_ or f"local:{type_}:{fold(name).replace(' ', '-')[:200]}"
    facts = EntityFacts(id_, (), name, EntityType(type_), _PRIOR, " ".join(note.split()))
    return AddedEntity(facts, tuple(dict.fromkeys([name, *aliases])))
