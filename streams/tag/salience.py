"""Compute how much an article is about each of its entities."""

from collections.abc import Sequence

from streams.records.enriched import Entity, EntityType, Field
from streams.tag.mentions import LinkedName

_TITLE_WEIGHT = 3.0
_LEAD_WEIGHT = 2.0
_MINOR_TYPES = {EntityType.DATE, EntityType.QUANTITY}
_MINOR_WEIGHT = 0.1
"""Small, since no article is about a date or an amount."""

_LEAD_CHARACTERS = 600
"""Length of the first two or three paragraphs of a news item.

References:
    Dunietz and Gillick, "A new entity salience task with millions of training
    examples", EACL 2014: position of the first mention and number of mentions
    are the strongest features. The weights are chosen, not learned.
"""


def gather_entities(names: Sequence[LinkedName]) -> tuple[Entity, ...]:
    """Group names by entity and compute the salience of each.

    Args:
        names: Names in order of position, title first.

    Returns:
        Entities, the most salient first, with salience in proportion to the
        greatest weight, which has 1.
    """
    groups: dict[str, list[LinkedName]] = {}
    for name in names:
        groups.setdefault(name.entity.id, []).append(name)
    weights = {id_: sum(map(_weight, group)) for id_, group in groups.items()}
    most = max(weights.values(), default=1.0)
    entities = [_entity(group, weights[id_] / most) for id_, group in groups.items()]
    return tuple(sorted(entities, key=lambda e: (-e.salience, -e.count, e.first, e.id)))


def _weight(name: LinkedName) -> float:
    if name.entity.type in _MINOR_TYPES:
        return _MINOR_WEIGHT
    if name.field is Field.TITLE:
        return _TITLE_WEIGHT
    return _LEAD_WEIGHT if name.start < _LEAD_CHARACTERS else 1.0


def _entity(names: Sequence[LinkedName], salience: float) -> Entity:
    others = (name.entity for name in names if name.entity.type is not EntityType.NORP)
    # "British" links to the United Kingdom as a nationality; if the article names the country
    # too, the entity is the country.
    entity = next(others, names[0].entity)
    return Entity(
        id=entity.id,
        also=entity.also,
        name=entity.name,
        type=entity.type or EntityType.ORG,
        count=len(names),
        salience=round(salience, 4),
        first=0 if names[0].field is Field.TITLE else names[0].start,
    )
