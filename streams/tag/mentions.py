"""Names found in an article and their entities, before they become records."""

from collections.abc import Sequence
from typing import NamedTuple

from streams.records.enriched import Field
from streams.tag.knowledge import EntityFacts


class LinkedName(NamedTuple):
    """A name in the article with the entity it refers to.

    Attributes:
        field: Title or text.
        start: Position of the first character.
        end: Position after the last character.
        entity: The entity.
        score: Confidence from 0 to 1.
        method: Rule that linked the name.
        evidence: Facts that the rule used.
    """

    field: Field
    start: int
    end: int
    entity: EntityFacts
    score: float
    method: str
    evidence: str = ""


def in_order(names: Sequence[LinkedName]) -> list[LinkedName]:
    """Sort names by position, title first, without those that overlap an earlier or longer one."""
    ordered: list[LinkedName] = []
    for name in sorted(names, key=lambda name: (name.field is Field.TEXT, name.start, -name.end)):
        last = ordered[-1] if ordered else None
        if last is None or name.field is not last.field or name.start >= last.end:
            ordered.append(name)
    return ordered
