"""Find the sentences that an outlet repeats in many articles; they say nothing about a copy.

The memory of a source is what dedupe remembers anyway: the candidates for an article are the
articles that share text with it, and so those with the same boilerplate. It is bounded as they are,
and the same after a restart or replay.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from streams.dedupe.features import sentence_digests
from streams.dedupe.fingerprint import Fingerprint
from streams.dedupe.minhash import Hashes, shingle_hashes
from streams.records import Memory

REPEATED: Final = 3
"""Smallest number of other stories of the outlet that have a sentence of boilerplate. Copies of one
story are one group, and count once. With 2, and lines of tables counted as sentences, three copies
of Reuters-21578 are missed; 2026-12-01."""

SENTENCE_WORDS: Final = 5
"""Smallest number of words of a sentence of boilerplate; shorter lines are parts of tables."""

OWN_SHARE: Final = 0.1
"""Smallest share of the words of an article that is its own: an article that has nothing but what
the outlet published before repeats a story. This project's choice."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What an outlet repeats.

    Attributes:
        shingles: Shingles of the repeated sentences.
        digests: Hashes of these sentences.
    """

    shingles: Hashes
    digests: frozenset[bytes]


def boilerplate_of(
    article: Fingerprint, candidates: Sequence[Memory], *, outlet: str
) -> Boilerplate | None:
    """Return the sentences that an outlet has in other stories as well; ``None`` if there are none.

    Args:
        article: Fingerprint of the article.
        candidates: The remembered articles that share text with it.
        outlet: Outlet of the article, see `streams.dedupe.group.outlet_of`.
    """
    known = [memory for memory in candidates if memory.outlet == outlet]
    if len({memory.group_id for memory in known}) < REPEATED:
        return None
    groups: defaultdict[bytes, set[str]] = defaultdict(set)
    for memory in known:
        hashes = memory.sentence_hashes
        for at in range(0, len(hashes), 4):
            groups[hashes[at : at + 4]].add(memory.group_id)
    digests = {
        digest: words
        for words in article.sentences
        if len(words) >= SENTENCE_WORDS
        and len(groups.get(digest := sentence_digests((words,)), ())) >= REPEATED
    }
    known_words = set(digests.values())
    repeated = [(words in known_words, words) for words in article.sentences]
    n_own = sum(len(words) for is_repeated, words in repeated if not is_repeated)
    if not digests or n_own < OWN_SHARE * len(article.words):
        return None
    passages = [
        [word for _, words in run for word in words]
        for is_repeated, run in groupby(repeated, key=lambda item: item[0])
        if is_repeated
    ]
    return Boilerplate(np.concatenate([*map(shingle_hashes, passages)]), frozenset(digests))
