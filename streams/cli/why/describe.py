"""The decision of a stage about an article, in one line."""

from functools import singledispatch
from typing import Final

from streams.inspect.trace_record import TraceRecord
from streams.records import (
    CleanArticle,
    DeadLetter,
    DroppedArticle,
    DuplicateArticle,
    EnrichedArticle,
    RawArticle,
    Receipt,
    Record,
    UniqueArticle,
    named_entities,
)
from streams.records.topics import ROUTED, UNMATCHED, topic_named
from streams.text.plural import plural
from streams.topology import writers_of

N_ENTITIES: Final = 8
"""Entities that fit on a line."""


def stage_of(step: TraceRecord) -> str:
    """Return the name of the stage that wrote a record."""
    if isinstance(step.record, DroppedArticle | DeadLetter):
        return step.record.stage
    try:
        return writers_of(topic_named(step.topic))[0]
    except (KeyError, IndexError):
        return step.topic


def receipts_of(step: TraceRecord) -> tuple[Receipt, ...]:
    """Return the receipts of the stage that wrote a record; on a route's topic, of that route."""
    receipts: tuple[Receipt, ...] = getattr(step.record, "receipts", ())
    own = tuple(receipt for receipt in receipts if receipt.stage == stage_of(step))
    return receipts_of_route(own, step.topic)


def receipts_of_route(receipts: tuple[Receipt, ...], topic: str) -> tuple[Receipt, ...]:
    """Leave out the receipts of other routes from a record on a route's topic.

    Examples:
        >>> wanted, other = (
        ...     Receipt(stage="route", decision="routed", rule=rule) for rule in ("a", "b")
        ... )
        >>> receipts_of_route((wanted, other), "routed.a.v1") == (wanted,)
        True
    """
    if not topic.startswith(ROUTED):
        return receipts
    return tuple(receipt for receipt in receipts if receipt.rule in ("", _route(topic)))


def _route(topic: str) -> str:
    return topic.removeprefix(ROUTED).removesuffix(".v1")


def describe_record(step: TraceRecord) -> str:
    """Return the decision of the stage that wrote a record, in one line."""
    if step.topic.startswith(ROUTED):
        route = _route(step.topic)
        return "no route matches" if route == UNMATCHED else f"routed to {route}"
    if isinstance(step.record, DeadLetter):
        return f"dead letter {step.partition}-{step.offset}: {_describe(step.record)}"
    return _describe(step.record)


@singledispatch
def _describe(record: Record) -> str:
    return type(record).__name__


@_describe.register
def _(record: RawArticle) -> str:
    replayed = f", replayed from {record.replayed_from}" if record.replayed_from else ""
    return f"from {record.source}, fetched {record.fetched:%Y-%m-%d %H:%M:%S}{replayed}"


@_describe.register
def _(record: CleanArticle) -> str:
    return f"{plural(len(record.text), 'character')}, language {record.language.code}"


@_describe.register
def _(record: UniqueArticle) -> str:
    revision = record.revision
    if revision.number == 1:
        return "new article"
    return (
        f"revision {revision.number}: {', '.join(revision.kinds)}; "
        f"{plural(revision.added, 'sentence')} added, {revision.removed:,} removed"
    )


@_describe.register
def _(record: DuplicateArticle) -> str:
    return (
        f"{record.change} of {record.duplicate_of}: {record.method}, similarity "
        f"{record.similarity:.2f}, containment {record.containment:.2f}"
    )


@_describe.register
def _(record: EnrichedArticle) -> str:
    names = ", ".join(entity.name for entity in named_entities(record.entities)[:N_ENTITIES])
    return f"mentions {names}" if names else "mentions no known entity"


@_describe.register
def _(record: DroppedArticle) -> str:
    return f"dropped: {record.reason} {record.evidence}".strip()


@_describe.register
def _(record: DeadLetter) -> str:
    return f"{record.reason}: {record.detail}"
