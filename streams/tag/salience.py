"""How much an article is about an entity."""

from collections.abc import Sequence

from streams.records.enriched import Entity, EntityType, Field
from streams.tag.mentions import LinkedName

_TITLE_WEIGHT = 3.0
_LEAD_WEIGHT = 2.0
_BESIDE = {EntityType.DATE, EntityType.QUANTITY}
_BESIDE_WEIGHT = 0.1
"""No article is about a date or an amount."""

_LEAD_CHARACTERS = 600
"""The first two or three paragraphs of a news item.

References:
    Dunietz and Gillick, "A new entity salience task with millions of training
    examples", EACL 2014: position of the first mention and number of mentions
    are the strongest features. The weights are chosen, not learned.
"""


def gather_entities(found: Sequence[LinkedName]) -> tuple[Entity, ...]:
    """Gather the mentions of each entity.

    Args:
        found: Names in order of place, title first.

    Returns:
        Entities, the most salient first; the weightiest has salience near 1
        only if it has most of all mentions.
    """
    groups: dict[str, list[LinkedName]] = {}
    for name in found:
        groups.setdefault(name.known.id, []).append(name)
    weights = {id_: sum(map(_weight, names)) for id_, names in groups.items()}
    most = max(weights.values(), default=1.0)
    gathered = [_entity(names, weights[id_] / most) for id_, names in groups.items()]
    return tuple(sorted(gathered, key=lambda e: (-e.salience, -e.count, e.first, e.id)))


def _weight(name: LinkedName) -> float:
    if name.known.type in _BESIDE:
        return _BESIDE_WEIGHT
    if name.field is Field.TITLE:
        return _TITLE_WEIGHT
    return _LEAD_WEIGHT if name.start < _LEAD_CHARACTERS else 1.0


def _entity(names: Sequence[LinkedName], salience: float) -> Entity:
    others = (name.known for name in names if name.known.type is not EntityType.NORP)
    # "British" links to the United Kingdom; where that is named too, it is a country.
    known = next(others, names[0].known)
    return Entity(
        id=known.id,
        also=known.also,
        name=known.name,
        type=known.type or EntityType.ORG,
        count=len(names),
        salience=round(salience, 4),
        first=0 if names[0].field is Field.TITLE else names[0].start,
    )
