"""The decision of `dedupe`: a clean article to a new article, a revision, or a copy."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from schemas import (
    Answer,
    Change,
    CleanArticle,
    DuplicateArticle,
    Memory,
    Origin,
    Receipt,
    Revision,
    TimePrecision,
    UniqueArticle,
    event_time,
)
from streams.dedupe.compare import (
    HEADLINE_HORIZON,
    Verdict,
    compare_exact,
    compare_near,
    within,
)
from streams.dedupe.fingerprint import Fingerprint, fingerprint
from streams.dedupe.memory import Memories
from streams.dedupe.revision import next_revision
from streams.dedupe.signature import SIG_VERSION
from streams.outcome import Emit

LATEST_REVISIONS = 8
"""So many answers to the latest versions of an article are kept, beside that to the first."""

LATEST_DUPLICATES = 32
"""So many answers to the latest unchanged, outdated or copied versions are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of an article, and what of the memory's topic.

    Attributes:
        outcome: The article with its label.
        remember: The record to write; none when nothing changed.
        corrections: Records that go out beside the outcome.
        forget: Ids that get a tombstone, in this order.
    """

    outcome: Emit[UniqueArticle | DuplicateArticle]
    remember: Memory | None = None
    corrections: tuple[DuplicateArticle, ...] = ()
    forget: tuple[str, ...] = ()


def dedupe_article(article: CleanArticle, memories: Memories, *, origin: Origin) -> Decision:
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
        ``DuplicateArticle`` for what is known.
    """
    gone = memories.settle()
    known = memories.get(article.id)
    if known is not None:
        for answer in known.answers:
            if answer.origin == str(origin):
                return Decision(outcome=Emit(_answered(article, answer)), forget=gone)
    print_ = fingerprint(article)
    answer = _answer(article, print_, memories, known=known, origin=origin)
    record = memories.remember(_memory(article, print_, answer, known))
    gone += memories.settle()
    return Decision(outcome=Emit(_answered(article, answer)), remember=record, forget=gone)


def _answer(
    article: CleanArticle,
    print_: Fingerprint,
    memories: Memories,
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
            other, verdict = match
            return Answer(
                origin=str(origin),
                group_id=known.group_id if known else other.group_id,
                duplicate_of=other.article_id,
                change=Change.COPY,
                method=verdict.method,
                similarity=verdict.similarity,
                containment=verdict.containment,
                evidence=f"{verdict.evidence}; {other.article_id}",
            )
    if known is None:
        return Answer(
            origin=str(origin),
            group_id=article.id,
            revision=Revision(),
            method="first_seen",
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
    article: CleanArticle, print_: Fingerprint, memories: Memories
) -> tuple[Memory, Verdict] | None:
    time = event_time(article)
    matches = [
        (known, compare_exact(print_, known))
        for known in _others(memories.same(print_, time), article)
        if known.words or _is_same_flash(article, known)
    ]
    if not matches:
        near = (
            (known, compare_near(print_, known, time=time, threshold=memories.threshold))
            for known in _others(memories.candidates(print_, time), article)
        )
        matches = [(known, verdict) for known, verdict in near if verdict is not None]
    return min(matches, key=_rank, default=None)


def _others(found: Iterable[Memory], article: CleanArticle) -> list[Memory]:
    return [known for known in found if known.article_id != article.id]


def _is_same_flash(article: CleanArticle, known: Memory) -> bool:
    is_vague = known.day_only or article.published.precision is TimePrecision.DAY
    return not is_vague and within(event_time(article), known.time, HEADLINE_HORIZON)


def _rank(match: tuple[Memory, Verdict]) -> tuple[bool, bool, float, float, str]:
    known, verdict = match
    return (
        verdict.method != "exact",
        bool(known.duplicate_of),
        -verdict.similarity,
        known.time.timestamp(),
        known.article_id,
    )


def _memory(
    article: CleanArticle, print_: Fingerprint, answer: Answer, known: Memory | None
) -> Memory:
    if known is not None and answer.change is Change.UNCHANGED:
        fetched = max(known.fetched, article.fetched)
        return msgspec.structs.replace(
            known, fetched=fetched, answers=_kept((*known.answers, answer))
        )
    return Memory(
        article_id=article.id,
        group_id=answer.group_id,
        time=known.time if known else event_time(article),
        day_only=known.day_only if known else article.published.precision is TimePrecision.DAY,
        fetched=article.fetched,
        latest=answer.origin,
        title_hash=print_.title_hash,
        text_hash=print_.text_hash,
        version_hash=print_.version_hash,
        words=len(print_.words),
        sentence_hashes=print_.sentence_hashes,
        numbers_hash=print_.numbers_hash,
        number_marks=print_.number_marks,
        name_marks=print_.name_marks,
        title_marks=print_.title_marks,
        names_hash=print_.names_hash,
        corrected=print_.corrected,
        signature=print_.outline,
        bands=print_.bands.astype("<u4").tobytes(),
        sig_version=SIG_VERSION,
        revision=_version_number(answer, known),
        duplicate_of=answer.duplicate_of,
        clock=event_time(article),
        answers=_kept((*known.answers, answer) if known else (answer,)),
    )


def _version_number(answer: Answer, known: Memory | None) -> int:
    if answer.revision is not None:
        return answer.revision.number
    return known.revision + 1 if known else 1


def _kept(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Keep the answers to the first version, to the latest ones and to the latest duplicates."""
    emitted = [answer for answer in answers if answer.revision is not None]
    repeated = [answer for answer in answers if answer.revision is None]
    keep = {answer.origin for answer in emitted[:1] + emitted[-LATEST_REVISIONS:]}
    keep |= {answer.origin for answer in repeated[-LATEST_DUPLICATES:]}
    return tuple(answer for answer in answers if answer.origin in keep)


def _answered(article: CleanArticle, answer: Answer) -> UniqueArticle | DuplicateArticle:
    """Make the record from article and answer alone: the same answer gives the same bytes."""
    fields = msgspec.structs.asdict(article)
    fields["receipts"] = (
        *article.receipts,
        Receipt(
            stage="dedupe",
            decision=_decision(answer),
            rule=answer.method,
            evidence=answer.evidence,
        ),
    )
    if answer.revision is not None:
        return UniqueArticle(**fields, group_id=answer.group_id, revision=answer.revision)
    assert answer.change is not None  # noqa: S101  # an answer without a revision has a change
    return DuplicateArticle(
        **fields,
        group_id=answer.group_id,
        duplicate_of=answer.duplicate_of,
        change=answer.change,
        method=answer.method,
        similarity=answer.similarity,
        containment=answer.containment,
    )


def _decision(answer: Answer) -> str:
    if answer.revision is None:
        return "merged"
    return "new" if answer.revision.number == 1 else "revised"
