"""Describe what changed between two versions of an article.

What the page says about itself (comments, views, times of its update) is no part of the article:
a version that differs in it alone is cosmetic.
"""

from collections import Counter
from typing import Final

from streams.dedupe.fingerprint import Fingerprint
from streams.records import Memory, Revision, RevisionKind

SMALL_SHARE: Final = 0.05
"""A rewrite of one sentence, or of at most this share of the sentences, that changes no number and
no name is an edit of style. This project's choice."""

_ALWAYS_MATERIAL: Final = {RevisionKind.NUMBERS, RevisionKind.NAMES, RevisionKind.CORRECTION_NOTICE}


def next_revision(article: Fingerprint, known: Memory) -> Revision:
    """Return the revision that a changed version of a known article is.

    Args:
        article: The new version.
        known: The remembered version before it.

    Returns:
        The number, one more than that of the version before; the kinds of change; whether the
        change matters to a reader of the version before; and how many sentences were added and
        removed.

    Examples:
        >>> from streams.records import Memory
        >>> from datetime import UTC, datetime
        >>> day = datetime(2026, 1, 2, tzinfo=UTC)
        >>> id_ = "0" * 8 + "-0000-0000-0000-" + "0" * 12
        >>> known = Memory(article_id=id_, group_id=id_, time=day, fetched=day, clock=day)
        >>> next_revision(Fingerprint("Rain", "", ("rain",), ()), known).kinds
        (<RevisionKind.HEADLINE: 'headline'>,)
    """
    before, after = _sentences(known.sentence_hashes), _sentences(article.sentence_hashes)
    added, removed = (after - before).total(), (before - after).total()
    kinds = _kinds(article, known, added=added, removed=removed)
    return Revision(
        number=known.revision + 1,
        kinds=kinds,
        material=_is_material(kinds, added=added, removed=removed, total=after.total()),
        added=added,
        removed=removed,
    )


def _sentences(hashes: bytes) -> Counter[bytes]:
    return Counter(hashes[start : start + 4] for start in range(0, len(hashes), 4))


def _kinds(
    article: Fingerprint, known: Memory, *, added: int, removed: int
) -> tuple[RevisionKind, ...]:
    applies = {
        RevisionKind.HEADLINE: article.title_hash != known.title_hash,
        RevisionKind.NUMBERS: article.numbers_hash != known.numbers_hash,
        RevisionKind.NAMES: article.names_hash != known.names_hash,
        RevisionKind.CORRECTION_NOTICE: article.corrected and not known.corrected,
        RevisionKind.APPENDED: added > 0 and not removed,
        RevisionKind.REWRITTEN: removed > 0
        or (not added and article.sentence_hashes != known.sentence_hashes),
    }
    kinds = tuple(kind for kind, does_apply in applies.items() if does_apply)
    return kinds or (RevisionKind.COSMETIC,)


def _is_material(kinds: tuple[RevisionKind, ...], *, added: int, removed: int, total: int) -> bool:
    if _ALWAYS_MATERIAL & set(kinds) or RevisionKind.APPENDED in kinds:
        return True
    return max(added, removed) > max(1, SMALL_SHARE * total)
