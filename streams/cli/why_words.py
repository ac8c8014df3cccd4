"""What a stage made of an article, in words: one record in, one line out."""

from functools import singledispatch
from typing import Final

from streams.inspect.trace import ROUTED
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
)
from streams.records.topics import CLEAN, DUPLICATES, ENRICHED, RAW, UNIQUE, UNMATCHED
from streams.text.plural import plural

N_ENTITIES: Final = 8
"""As many entities as fit on a line."""

_WRITERS: Final = {
    RAW.name: "sources",
    CLEAN.name: "clean",
    UNIQUE.name: "dedupe",
    DUPLICATES.name: "dedupe",
    ENRICHED.name: "tag",
}


def stage_of(step: TraceRecord) -> str:
    """Name the stage that wrote a record."""
    if isinstance(step.record, DroppedArticle | DeadLetter):
        return step.record.stage
    return "route" if step.topic.startswith(ROUTED) else _WRITERS.get(step.topic, step.topic)


def receipts_of(step: TraceRecord) -> tuple[Receipt, ...]:
    """Give what the stage that wrote a record says of its own decision, of a route only its own."""
    given: tuple[Receipt, ...] = getattr(step.record, "receipts", ())
    return of_route(
        tuple(receipt for receipt in given if receipt.stage == stage_of(step)), step.topic
    )


def of_route(receipts: tuple[Receipt, ...], topic: str) -> tuple[Receipt, ...]:
    """Leave out what a record on a route's topic says of other routes.

    Examples:
        >>> wanted, other = (
        ...     Receipt(stage="route", decision="routed", rule=rule) for rule in ("a", "b")
        ... )
        >>> of_route((wanted, other), "routed.a.v1") == (wanted,)
        True
    """
    if not topic.startswith(ROUTED):
        return receipts
    return tuple(receipt for receipt in receipts if receipt.rule in ("", _route(topic)))


def _route(topic: str) -> str:
    return topic.removeprefix(ROUTED).removesuffix(".v1")


def said(step: TraceRecord) -> str:
    """Say in one line what the stage that wrote a record made of the article."""
    if step.topic.startswith(ROUTED):
        route = _route(step.topic)
        return "no route wants it" if route == UNMATCHED else f"routed to {route}"
    if isinstance(step.record, DeadLetter):
        return f"dead letter {step.partition}-{step.offset}: {_made(step.record)}"
    return _made(step.record)


@singledispatch
def _made(record: Record) -> str:
    return type(record).__name__


@_made.register
def _(record: RawArticle) -> str:
    again = f", again: {record.replayed_from}" if record.replayed_from else ""
    return f"from {record.source}, fetched {record.fetched:%Y-%m-%d %H:%M:%S}{again}"


@_made.register
def _(record: CleanArticle) -> str:
    return f"{plural(len(record.text), 'character')}, language {record.language.code}"


@_made.register
def _(record: UniqueArticle) -> str:
    revision = record.revision
    if revision.number == 1:
        return "new article"
    return (
        f"revision {revision.number}: {', '.join(revision.kinds)}; "
        f"{plural(revision.added, 'sentence')} added, {revision.removed:,} removed"
    )


@_made.register
def _(record: DuplicateArticle) -> str:
    return (
        f"{record.change} of {record.duplicate_of}: {record.method}, similarity "
        f"{record.similarity:.2f}, containment {record.containment:.2f}"
    )


@_made.register
def _(record: EnrichedArticle) -> str:
    names = ", ".join(entity.name for entity in record.entities[:N_ENTITIES])
    return f"names {names}" if names else "names nobody known"


@_made.register
def _(record: DroppedArticle) -> str:
    return f"dropped: {record.reason} {record.evidence}".strip()


@_made.register
def _(record: DeadLetter) -> str:
    return f"{record.reason}: {record.detail}"
