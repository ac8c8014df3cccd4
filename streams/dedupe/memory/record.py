"""Build the record that is remembered of an article and of the answer to it."""

from typing import Final

import msgspec

from streams.dedupe.fingerprint import Fingerprint
from streams.dedupe.group import group_with, outlet_of
from streams.dedupe.idempotency import retained_answers
from streams.dedupe.minhash import SIG_VERSION
from streams.records import Answer, Change, CleanArticle, Memory, TimePrecision, event_time

CLAIM: Final = "claim"
"""Method of the answer to words that others claim to be a known article's."""

PUBLISHER: Final = "publisher"
"""Method of the answer to the publisher's own words after a claim."""


def memory_record(
    article: CleanArticle,
    fingerprint: Fingerprint,
    answer: Answer,
    *,
    known: Memory | None,
    latest: Memory | None,
) -> Memory:
    """Return the record to remember of an article.

    Args:
        article: The article.
        fingerprint: Its fingerprint.
        answer: The answer to it.
        known: Its record before, if it was remembered.
        latest: The member of its group that was remembered last.

    Returns:
        The record without number and clock, which
        `streams.dedupe.memory.memory.ArticleMemory.remember` sets.
    """
    answers = retained_answers((*known.answers, answer) if known else (answer,))
    group, outlets = (latest.group, latest.outlets) if latest else (None, ())
    if known is not None and (answer.change is Change.UNCHANGED or answer.method == CLAIM):
        # The time that others give may be any: it says nothing about the publisher's next version.
        is_own = article.claimed_by == known.claimed_by
        return msgspec.structs.replace(
            known,
            fetched=max(known.fetched, article.fetched) if is_own else known.fetched,
            group=group,
            outlets=outlets,
            answers=answers,
        )
    if answer.group is not None and latest is not None:
        may_lead = answer.group.original == article.id
        group, outlets = group_with(article, latest, is_member=known is not None, may_lead=may_lead)
    if answer.method == PUBLISHER and group is not None:
        group = msgspec.structs.replace(group, original=article.id, first_seen=event_time(article))
    # A text that equals a known one is found by the known one's keys. Without keys of its own,
    # a flood of one text costs little memory.
    is_repeated = answer.duplicate_of != "" and answer.method in {"exact", "same_text"}
    return Memory(
        article_id=article.id,
        group_id=answer.group_id,
        time=known.time if known else event_time(article),
        day_only=known.day_only if known else article.published.precision is TimePrecision.DAY,
        fetched=article.fetched,
        latest=answer.origin,
        title_hash=fingerprint.title_hash,
        text_hash=fingerprint.text_hash,
        version_hash=fingerprint.version_hash,
        words=len(fingerprint.words),
        sentence_hashes=fingerprint.sentence_hashes,
        numbers_hash=fingerprint.numbers_hash,
        names_hash=fingerprint.names_hash,
        number_marks=fingerprint.number_marks,
        number_values=fingerprint.number_values,
        name_marks=fingerprint.name_marks,
        title_marks=fingerprint.title_marks,
        title_spellings=fingerprint.title_spellings,
        corrected=fingerprint.corrected,
        signature=b"" if is_repeated else fingerprint.sketch,
        bands=b"" if is_repeated else fingerprint.bands.astype("<u4").tobytes(),
        sig_version=SIG_VERSION,
        revision=_revision_number(answer, known),
        duplicate_of=answer.duplicate_of,
        outlet=outlet_of(article),
        agency=article.agency,
        group=group,
        outlets=outlets,
        clock=event_time(article),
        answers=answers,
        claimed_by=article.claimed_by,
    )


def _revision_number(answer: Answer, known: Memory | None) -> int:
    if answer.revision is not None:
        return answer.revision.number
    return known.revision + 1 if known else 1
