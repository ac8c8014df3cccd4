"""Answer a redelivered origin as before: the same answer encodes to the same bytes."""

from typing import Final

import msgspec

from streams.records import Answer, CleanArticle, DuplicateArticle, Receipt, UniqueArticle

LATEST_REVISIONS: Final = 8
"""Number of retained answers to the latest versions of an article, besides that to the first."""

LATEST_DUPLICATES: Final = 32
"""Number of retained answers to the latest unchanged, outdated or copied versions."""


def find_answer(origin: str, answers: tuple[Answer, ...]) -> Answer | None:
    """Return the answer to an origin; ``None`` when there was none, or too long ago."""
    return next((answer for answer in answers if answer.origin == origin), None)


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
