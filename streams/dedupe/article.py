"""The decision of `dedupe`: a clean article to a new article, a revision, or a copy."""

from collections.abc import Iterable
from dataclasses import dataclass

from streams.dedupe.compare import HEADLINE_HORIZON, Comparison, compare_exact, compare_near, within
from streams.dedupe.fingerprint import Fingerprint, fingerprint
from streams.dedupe.group import group_with
from streams.dedupe.idempotency import find_answer, label_as_answered
from streams.dedupe.memory.memory import ArticleMemory
from streams.dedupe.memory.record import memory_record
from streams.dedupe.revision import next_revision
from streams.outcome import Emit
from streams.records import (
    Answer,
    Change,
    CleanArticle,
    DuplicateArticle,
    Memory,
    Origin,
    Revision,
    TimePrecision,
    UniqueArticle,
    event_time,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of an article, and what of the memory's topic.

    Attributes:
        outcome: The article with its label; an original that comes after its copy is the
            correction itself, so that every origin has one record.
        remember: The record to write; none when nothing changed.
        forget: Ids that get a tombstone, in this order.
    """

    outcome: Emit[UniqueArticle | DuplicateArticle]
    remember: Memory | None = None
    forget: tuple[str, ...] = ()


def dedupe_article(article: CleanArticle, memories: ArticleMemory, *, origin: Origin) -> Decision:
    """Decide whether an article is new, a new version, or a copy, and remember it.

    Total. **Delivery**: if the process dies after this and before what it
    returns is written, the article is decided again, in the same way, from the
    memory as it was. If the record to remember was written, the same origin
    gets the same answer: a subscriber may see a record twice, but never two
    different ones of one origin.

    Args:
        article: As it left `clean`.
        memories: What is known; changed by this call.
        origin: Where the article entered; the same for every delivery of it.

    Returns:
        `Emit` always: ``UniqueArticle`` for a new article or a revision,
        ``DuplicateArticle`` for what is known; its change is ``correction``
        when the article turns out to be the original of its group.
    """
    gone = memories.settle()
    known = memories.get(article.id)
    answer = find_answer(str(origin), known.answers) if known else None
    if answer is not None:
        return Decision(outcome=Emit(label_as_answered(article, answer)), forget=gone)
    print_ = fingerprint(article)
    answer = _answer(article, print_, memories, known=known, origin=origin)
    latest = memories.latest_of_group(answer.group_id) if known or answer.group else None
    record = memories.remember(memory_record(article, print_, answer, known=known, latest=latest))
    gone += memories.settle()
    return Decision(outcome=Emit(label_as_answered(article, answer)), remember=record, forget=gone)


def _answer(
    article: CleanArticle,
    print_: Fingerprint,
    memories: ArticleMemory,
    *,
    known: Memory | None,
    origin: Origin,
) -> Answer:
    if known is not None and known.version_hash == print_.version_hash:
        return _unchanged(known, origin, "same_text", "same article, same title and text")
    if known is not None and _is_older(article, origin, known):
        evidence = f"fetched {article.fetched:%Y-%m-%d %H:%M:%S}, before the known version"
        return _unchanged(known, origin, "older_version", evidence)
    if known is None or known.duplicate_of:
        match = _best_match(article, print_, memories)
        if match is not None:
            return _copied(article, *match, memories=memories, known=known, origin=origin)
    if known is None:
        return Answer(
            origin=str(origin), group_id=article.id, revision=Revision(), method="first_seen"
        )
    revision = next_revision(print_, known)
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


def _copied(
    article: CleanArticle,
    other: Memory,
    verdict: Comparison,
    *,
    memories: ArticleMemory,
    known: Memory | None,
    origin: Origin,
) -> Answer:
    memories.figures.hits += 1
    group_id = known.group_id if known else other.group_id
    latest = memories.latest_of_group(group_id) or other
    group, _ = group_with(article, latest, is_member=known is not None)
    is_original = group.original == article.id
    evidence = f"{verdict.evidence}; {other.article_id}"
    if is_original:
        former = latest.group.original if latest.group else latest.article_id
        evidence = f"published before the former original {former}; {evidence}"
    return Answer(
        origin=str(origin),
        group_id=group_id,
        duplicate_of=article.id if is_original else other.article_id,
        change=Change.CORRECTION if is_original else Change.COPY,
        method=verdict.method,
        similarity=verdict.similarity,
        containment=verdict.containment,
        evidence=evidence,
        group=group,
    )


def _unchanged(known: Memory, origin: Origin, method: str, evidence: str) -> Answer:
    return Answer(
        origin=str(origin),
        group_id=known.group_id,
        duplicate_of=known.article_id,
        change=Change.UNCHANGED,
        method=method,
        evidence=evidence,
    )


def _is_older(article: CleanArticle, origin: Origin, known: Memory) -> bool:
    """Tell whether a version was overtaken by the one that is known."""
    if article.fetched != known.fetched or not known.latest:
        return article.fetched < known.fetched
    latest = Origin.parse(known.latest)
    return origin[:2] == latest[:2] and origin.offset < latest.offset


def _best_match(
    article: CleanArticle, print_: Fingerprint, memories: ArticleMemory
) -> tuple[Memory, Comparison] | None:
    time = event_time(article)
    matches = [
        (known, compare_exact(print_, known))
        for known in _others(memories.same(print_, time), article)
        if known.words or _is_same_flash(article, known)
    ]
    if not matches:
        near = (
            (
                known,
                compare_near(
                    print_,
                    known,
                    time=time,
                    agency=article.agency,
                    threshold=memories.threshold,
                ),
            )
            for known in _others(memories.candidates(print_, time), article)
        )
        matches = [(known, verdict) for known, verdict in near if verdict is not None]
    return min(matches, key=_rank, default=None)


def _others(found: Iterable[Memory], article: CleanArticle) -> list[Memory]:
    return [known for known in found if known.article_id != article.id]


def _is_same_flash(article: CleanArticle, known: Memory) -> bool:
    is_vague = known.day_only or article.published.precision is TimePrecision.DAY
    return not is_vague and within(event_time(article), known.time, HEADLINE_HORIZON)


def _rank(match: tuple[Memory, Comparison]) -> tuple[bool, bool, float, float, str]:
    known, verdict = match
    return (
        verdict.method != "exact",
        known.duplicate_of not in {"", known.article_id},
        -verdict.similarity,
        known.time.timestamp(),
        known.article_id,
    )
