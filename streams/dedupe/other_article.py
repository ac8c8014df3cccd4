"""Recognize another article under a known id, which is no new version of the known one."""

from collections.abc import Set as AbstractSet
from typing import Final

from streams.dedupe.fingerprint import Fingerprint
from streams.records import Memory

MIN_SENTENCES: Final = 3
"""Fewest sentences of both texts; fewer may all be rewritten in a version."""

MAX_TITLE_SHARE: Final = 0.5
"""Largest share of common words in the titles. In this and the next two, the smaller set counts."""

MAX_SENTENCE_SHARE: Final = 0.1
"""Largest share of common sentences: a footer, a line about the author."""

MAX_NAME_SHARE: Final = 0.34
"""Largest share of common names: a ticker whose lines are all new is about the same people."""

_TITLE_MARK_BYTES: Final = 2
_SENTENCE_HASH_BYTES: Final = 4


def is_other_article(article: Fingerprint, known: Memory) -> bool:
    """Return whether an article has nothing in common with the one known under its id.

    Sites that declare one canonical link on all their pages, and pages whose content is
    replaced, send several articles under one id. The second is no version of the first.

    Args:
        article: Fingerprint of the article.
        known: The remembered article with the same id.

    References:
        The shares are this project's choice.
    """
    if not known.title_marks or not article.title_marks:
        return False
    before = _marks(known.sentence_hashes, _SENTENCE_HASH_BYTES)
    after = _marks(article.sentence_hashes, _SENTENCE_HASH_BYTES)
    if min(len(before), len(after)) < MIN_SENTENCES:
        return False
    titles = (
        _marks(known.title_marks, _TITLE_MARK_BYTES),
        _marks(article.title_marks, _TITLE_MARK_BYTES),
    )
    names = (
        _marks(known.name_marks, _TITLE_MARK_BYTES),
        _marks(article.name_marks, _TITLE_MARK_BYTES),
    )
    return (
        _common_share(before, after) <= MAX_SENTENCE_SHARE
        and _common_share(*titles) <= MAX_TITLE_SHARE
        and _common_share(*names) <= MAX_NAME_SHARE
    )


def _marks(data: bytes, size: int) -> frozenset[bytes]:
    return frozenset(data[start : start + size] for start in range(0, len(data), size))


def _common_share(one: AbstractSet[bytes], other: AbstractSet[bytes]) -> float:
    """Return the share of the smaller set that is in the other; 0 if one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
