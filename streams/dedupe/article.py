"""Decide whether a clean article is a new article, a revision, or a duplicate."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.dedupe.another_report import within
from streams.dedupe.boilerplate import boilerplate_of
from streams.dedupe.compare import HEADLINE_HORIZON, Comparison, compare_exact, compare_near
from streams.dedupe.fingerprint import Fingerprint, fingerprint_of
from streams.dedupe.group import group_with, outlet_of
from streams.dedupe.idempotency import VERSION_DIGITS, find_answer, label_as_answered
from streams.dedupe.memory.memory import ArticleMemory
from streams.dedupe.memory.record import CLAIM, PUBLISHER, memory_record
from streams.dedupe.other_article import is_other_article
from streams.dedupe.revision import next_revision
from streams.outcome import Emit, Reject
from streams.records import (
    Answer,
    Change,
    CleanArticle,
    DuplicateArticle,
    Memory,
    Origin,
    Record,
    Revision,
    TimePrecision,
    UniqueArticle,
    event_time,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome for an article, and the changes to the memory topic.

    Attributes:
        outcome: The article with its label. An original that arrives after its copy is itself
            the correction record, so that every origin has exactly one record.
        remember: The record to write; ``None`` when nothing changed.
        forget: Article ids to write tombstones for, in this order.
        refused: Why the caller refused the records; then the memory did not change.
    """

    outcome: Emit[UniqueArticle | DuplicateArticle]
    remember: Memory | None = None
    forget: tuple[str, ...] = ()
    refused: Reject | None = None


CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far clocks of machines differ that are set by NTP, with a large reserve. A known version that
was fetched later than now says by a wrong clock when it was fetched."""


def dedupe_article(
    article: CleanArticle,
    memory: ArticleMemory,
    *,
    origin: Origin,
    now: datetime | None = None,
    refuse: Callable[[Iterable[Record]], Reject | None] = lambda _records: None,
) -> Decision:
    """Decide whether an article is new, a new version, or a copy, and remember it.

    Total: always emits, and raises only what the memory's store raises.

    **Delivery**: if the process dies after this call and before the returned
    decision is written, the article is decided again, in the same way, from the
    unchanged memory. If the memory record was already written, the same origin
    gets the same answer: a subscriber may see a record twice, but never two
    different records of one origin.

    Args:
        article: The article that `clean` emitted.
        memory: The remembered articles; changed by this call.
        origin: Position at which the article entered; the same for every
            delivery of it.
        now: Time at which the pipeline took the article. An article cannot have been fetched
            later, so a later time is replaced by this one; without it, times are believed.
        refuse: Rejects records that cannot be sent, before they are remembered.

    Returns:
        Always `Emit`: ``UniqueArticle`` for a new article or a revision,
        ``DuplicateArticle`` for a known text; its change is ``correction``
        when the article turns out to be the original of its group.
    """
    forgotten = memory.evict()
    known = memory.get(article.id)
    if now is not None and article.fetched > now:
        article = msgspec.structs.replace(article, fetched=now)
    fingerprint = fingerprint_of(article)
    version_hash = fingerprint.version_hash
    if known is not None:
        is_later = article.fetched > known.fetched
        answer = find_answer(origin, known.answers, version_hash=version_hash, is_later=is_later)
        if answer is not None:
            return Decision(outcome=Emit(label_as_answered(article, answer)), forget=forgotten)
    answer = msgspec.structs.replace(
        _answer(article, fingerprint, memory, known=known, origin=origin, now=now),
        version=version_hash[:VERSION_DIGITS],
    )
    latest = memory.latest_of_group(answer.group_id) if known or answer.group else None
    label = label_as_answered(article, answer)
    record = memory_record(article, fingerprint, answer, known=known, latest=latest)
    refusal = refuse((label, record))
    if refusal is not None:
        memory.postpone_tombstones(forgotten)
        return Decision(outcome=Emit(label), refused=refusal)
    record = memory.remember(record)
    forgotten += memory.evict()
    return Decision(outcome=Emit(label), remember=record, forget=forgotten)


def _answer(
    article: CleanArticle,
    fingerprint: Fingerprint,
    memory: ArticleMemory,
    *,
    known: Memory | None,
    origin: Origin,
    now: datetime | None,
) -> Answer:
    if known is not None:
        answer = _known_answer(article, fingerprint, memory, known=known, origin=origin, now=now)
        if answer is not None:
            return answer
    is_other = known is not None and is_other_article(fingerprint, known)
    if known is None or known.duplicate_of or is_other:
        match = _best_match(article, fingerprint, memory)
        if match is not None:
            return _copy_answer(article, *match, memory=memory, known=known, origin=origin)
    if known is None:
        return Answer(
            origin=str(origin), group_id=article.id, revision=Revision(), method="first_seen"
        )
    if is_other:
        evidence = "neither title, sentences nor names of the article known under this id"
        return Answer(
            origin=str(origin),
            group_id=known.group_id,
            revision=Revision(),
            method="other_article",
            evidence=evidence,
        )
    revision = next_revision(fingerprint, known)
    evidence = (
        f"{', '.join(revision.kinds)}: {revision.added} sentences more, {revision.removed} less"
    )
    return Answer(
        origin=str(origin),
        group_id=known.group_id,
        revision=revision,
        method="same_article",
        evidence=evidence,
    )


def _known_answer(
    article: CleanArticle,
    fingerprint: Fingerprint,
    memory: ArticleMemory,
    *,
    known: Memory,
    origin: Origin,
    now: datetime | None,
) -> Answer | None:
    """Return the answer that follows from who speaks, or from a text or time; None if none does."""
    if article.claimed_by and article.claimed_by != known.claimed_by:
        return _claim_answer(article, known, origin)
    if known.claimed_by and not article.claimed_by:
        return _publisher_answer(article, fingerprint, memory, known=known, origin=origin)
    if known.version_hash == fingerprint.version_hash:
        return _unchanged_answer(known, origin, "same_text", "same article, same title and text")
    if _is_older(article, origin, known, now):
        evidence = f"fetched {article.fetched:%Y-%m-%d %H:%M:%S}, before the known version"
        return _unchanged_answer(known, origin, "older_version", evidence)
    return None


def _claim_answer(article: CleanArticle, known: Memory, origin: Origin) -> Answer:
    """Return the answer to words of others under the id of a known article: they do not replace it.

    Neither do they replace another's claim: the first one is not worth less than the second.
    """
    whose = f"the claim of {known.claimed_by}" if known.claimed_by else "the publisher's words"
    return Answer(
        origin=str(origin),
        group_id=known.group_id,
        duplicate_of=known.article_id,
        change=Change.COPY,
        method=CLAIM,
        similarity=0.0,
        containment=0.0,
        evidence=f"words of {article.claimed_by}; {whose} stay under this id",
    )


def _publisher_answer(
    article: CleanArticle,
    fingerprint: Fingerprint,
    memory: ArticleMemory,
    *,
    known: Memory,
    origin: Origin,
) -> Answer:
    """Return the answer to the publisher's own words under the id of a claim: a revision.

    It is material even if the words are the same: rules that take no claims see it first.
    """
    match = _best_match(article, fingerprint, memory)
    if match is not None:
        return _copy_answer(article, *match, memory=memory, known=known, origin=origin)
    revision = msgspec.structs.replace(next_revision(fingerprint, known), material=True)
    return Answer(
        origin=str(origin),
        group_id=known.group_id,
        revision=revision,
        method=PUBLISHER,
        evidence=f"the publisher's own words; before, those of {known.claimed_by}",
    )


def _copy_answer(
    article: CleanArticle,
    other: Memory,
    comparison: Comparison,
    *,
    memory: ArticleMemory,
    known: Memory | None,
    origin: Origin,
) -> Answer:
    memory.counts.hits += 1
    group_id = known.group_id if known else other.group_id
    latest = memory.latest_of_group(group_id) or other
    original = memory.get(latest.group.original if latest.group else latest.article_id)
    group, _ = group_with(
        article,
        latest,
        is_member=known is not None,
        may_lead=not article.claimed_by or bool(original and original.claimed_by),
    )
    is_original = group.original == article.id
    evidence = f"{comparison.evidence}; {other.article_id}"
    if is_original:
        former = latest.group.original if latest.group else latest.article_id
        evidence = f"published before the former original {former}; {evidence}"
    return Answer(
        origin=str(origin),
        group_id=group_id,
        duplicate_of=article.id if is_original else other.article_id,
        change=Change.CORRECTION if is_original else Change.COPY,
        method=comparison.method,
        similarity=comparison.similarity,
        containment=comparison.containment,
        evidence=evidence,
        group=group,
    )


def _unchanged_answer(known: Memory, origin: Origin, method: str, evidence: str) -> Answer:
    return Answer(
        origin=str(origin),
        group_id=known.group_id,
        duplicate_of=known.article_id,
        change=Change.UNCHANGED,
        method=method,
        evidence=evidence,
    )


def _is_older(article: CleanArticle, origin: Origin, known: Memory, now: datetime | None) -> bool:
    """Return whether a version is older than the known version."""
    if now is not None and known.fetched > now + CLOCK_TOLERANCE:
        return False
    if article.fetched != known.fetched or not known.latest:
        return article.fetched < known.fetched
    latest = Origin.parse(known.latest)
    is_same_topic = Origin(*origin[:2], 0, origin.topic_id) == Origin(
        *latest[:2], 0, latest.topic_id
    )
    return is_same_topic and origin.offset < latest.offset


def _best_match(
    article: CleanArticle, fingerprint: Fingerprint, memory: ArticleMemory
) -> tuple[Memory, Comparison] | None:
    time = event_time(article)
    matches = [
        (known, compare_exact(fingerprint, known))
        for known in _others(memory.equal_articles(fingerprint, time), article)
        if known.words or _is_same_flash(article, known)
    ]
    if not matches:
        candidates = _others(memory.candidates(fingerprint, time), article)
        boilerplate = boilerplate_of(fingerprint, candidates, outlet=outlet_of(article))
        near = (
            (
                known,
                compare_near(
                    fingerprint,
                    known,
                    time=time,
                    agency=article.agency,
                    threshold=memory.threshold,
                    boilerplate=boilerplate,
                    model=memory.model,
                ),
            )
            for known in candidates
        )
        matches = [(known, comparison) for known, comparison in near if comparison is not None]
    return min(matches, key=_rank, default=None)


def _others(memories: Iterable[Memory], article: CleanArticle) -> list[Memory]:
    """Return the articles that this one may copy: what is the publisher's is no copy of a claim."""
    return [
        known
        for known in memories
        if known.article_id != article.id and (article.claimed_by or not known.claimed_by)
    ]


def _is_same_flash(article: CleanArticle, known: Memory) -> bool:
    is_vague = known.day_only or article.published.precision is TimePrecision.DAY
    return not is_vague and within(event_time(article), known.time, HEADLINE_HORIZON)


def _rank(match: tuple[Memory, Comparison]) -> tuple[bool, bool, bool, float, float, str]:
    known, comparison = match
    return (
        bool(known.claimed_by),
        comparison.method != "exact",
        known.duplicate_of not in {"", known.article_id},
        -comparison.similarity,
        known.time.timestamp(),
        known.article_id,
    )
