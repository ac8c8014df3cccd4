"""Answer a redelivered origin as before: the same answer encodes to the same bytes."""

from collections.abc import Iterable
from typing import Final

import msgspec

from streams.records import Answer, CleanArticle, DuplicateArticle, Origin, Receipt, UniqueArticle

LATEST_REVISIONS: Final = 8
"""Number of retained answers to the latest versions of an article, besides that to the first."""

LATEST_DUPLICATES: Final = 32
"""Number of retained answers to the latest unchanged, outdated or copied versions."""


VERSION_DIGITS: Final = 8
"""Digits of a version hash that an answer keeps. Two texts that meet at one position, which by
itself is rare, have the same digits once in 4 billion."""


def find_answer(
    origin: Origin, answers: Iterable[Answer], *, version_hash: str, is_later: bool = False
) -> Answer | None:
    """Return the answer to a redelivered article; ``None`` when there was none, or too long ago.

    A position alone does not make two deliveries the same article: offsets are used again when a
    topic is created again, and after an unclean election of a leader (KIP-101). So the id of the
    topic must be the same, and the text.

    Args:
        origin: Origin of the article.
        answers: Answers to the versions of the article.
        version_hash: Hash of its text, as `fingerprint_of` computes it.
        is_later: Whether it was fetched after every version that was answered: then an answer of an
            older release, which has neither topic id nor version, is not to this article.
    """
    version = version_hash[:VERSION_DIGITS]
    for answer in answers:
        if Origin.parse(answer.origin) != origin or answer.version not in {"", version}:
            continue
        if answer.version or not is_later:
            return answer
    return None


def retained_answers(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers to the first version, the latest versions and the latest duplicates."""
    emitted = [answer for answer in answers if answer.revision is not None]
    repeated = [answer for answer in answers if answer.revision is None]
    keep = {answer.origin for answer in emitted[:1] + emitted[-LATEST_REVISIONS:]}
    keep |= {answer.origin for answer in repeated[-LATEST_DUPLICATES:]}
    return tuple(answer for answer in answers if answer.origin in keep)


def label_as_answered(article: CleanArticle, answer: Answer) -> UniqueArticle | DuplicateArticle:
    """Return an article with the label of an answer.

    Args:
        article: The article that `clean` emitted; the same for every delivery of its origin.
        answer: The decision about it.
    """
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
        group=answer.group,
    )


def _decision(answer: Answer) -> str:
    if answer.revision is None:
        return "merged"
    return "new" if answer.revision.number == 1 else "revised"
