"""Build the record that is remembered of an article and of the answer to it."""

import msgspec

from streams.dedupe.fingerprint import Fingerprint
from streams.dedupe.group import group_with, outlet_of
from streams.dedupe.idempotency import retained_answers
from streams.dedupe.minhash import SIG_VERSION
from streams.records import Answer, Change, CleanArticle, Memory, TimePrecision, event_time


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
    if known is not None and answer.change is Change.UNCHANGED:
        return msgspec.structs.replace(
            known,
            fetched=max(known.fetched, article.fetched),
            group=group,
            outlets=outlets,
            answers=answers,
        )
    if answer.group is not None and latest is not None:
        group, outlets = group_with(article, latest, is_member=known is not None)
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
    )


def _revision_number(answer: Answer, known: Memory | None) -> int:
    if answer.revision is not None:
        return answer.revision.number
    return known.revision + 1 if known else 1
