"""An article and the answer to it, as what is remembered of them."""

import msgspec

from streams.dedupe.fingerprint import Fingerprint
from streams.dedupe.group import group_with, outlet_of
from streams.dedupe.idempotency import retained_answers
from streams.dedupe.minhash import SIG_VERSION
from streams.records import Answer, Change, CleanArticle, Memory, TimePrecision, event_time


def memory_record(
    article: CleanArticle,
    print_: Fingerprint,
    answer: Answer,
    *,
    known: Memory | None,
    latest: Memory | None,
) -> Memory:
    """Make the record of an article.

    Args:
        article: The article.
        print_: What is compared of it.
        answer: What was answered.
        known: What was remembered of it before.
        latest: Of the members of its group the one that was remembered last.

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
    # What equals a known text is found by that: so a flood of one text costs little.
    is_repeated = answer.duplicate_of != "" and answer.method in {"exact", "same_text"}
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
        names_hash=print_.names_hash,
        number_marks=print_.number_marks,
        name_marks=print_.name_marks,
        title_marks=print_.title_marks,
        corrected=print_.corrected,
        signature=b"" if is_repeated else print_.outline,
        bands=b"" if is_repeated else print_.bands.astype("<u4").tobytes(),
        sig_version=SIG_VERSION,
        revision=_version(answer, known),
        duplicate_of=answer.duplicate_of,
        outlet=outlet_of(article),
        agency=article.agency,
        group=group,
        outlets=outlets,
        clock=event_time(article),
        answers=answers,
    )


def _version(answer: Answer, known: Memory | None) -> int:
    if answer.revision is not None:
        return answer.revision.number
    return known.revision + 1 if known else 1
