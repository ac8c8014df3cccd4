"""A name found in an article and what it was linked to, before it becomes a record."""

from collections.abc import Sequence
from typing import NamedTuple

from streams.records.enriched import Field
from streams.tag.knowledge import EntityFacts


class LinkedName(NamedTuple):
    """A name in the article with the entity it stands for.

    Attributes:
        field: Title or text.
        start: First character.
        end: One past the last.
        known: The entity.
        score: How sure we are, 0 to 1.
        method: How it was linked.
        evidence: What that rests on.
    """

    field: Field
    start: int
    end: int
    known: EntityFacts
    score: float
    method: str
    evidence: str = ""


def in_order(found: Sequence[LinkedName]) -> list[LinkedName]:
    """Sort by place, title first, and leave out what overlaps an earlier or longer one."""
    kept: list[LinkedName] = []
    for name in sorted(found, key=lambda name: (name.field is Field.TEXT, name.start, -name.end)):
        last = kept[-1] if kept else None
        if last is None or name.field is not last.field or name.start >= last.end:
            kept.append(name)
    return kept
