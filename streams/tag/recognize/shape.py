"""Compute the features of a single word for the linear-chain tagger.

References:
    Ratinov and Roth, "Design challenges and misconceptions in named entity
    recognition", CoNLL 2009: Brown cluster prefixes, gazetteers, shapes.
    Turian, Ratinov, Bengio, "Word representations", ACL 2010: prefix lengths.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from streams.tag.recognize.cues import MONTHS, ORGANIZATIONS, PLACES, TITLES

_RUNS = re.compile(r"(.)\1+")
_SHAPES = ((re.compile(r"[^\W\d_]"), None), (re.compile(r"\d"), "0"))


def shape(word: str) -> str:
    """Return the shape of a word: capitals ``X``, other letters ``x``, digits ``0``, runs cut.

    Examples:
        >>> shape("McDonald"), shape("U.S."), shape("2026"), shape("iPhone")
        ('XxXx', 'X.X.', '0', 'xXx')
    """
    drawn = "".join(
        "X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in word
    )
    return _RUNS.sub(r"\1", drawn)


def local_features(
    word: str, table: Mapping[str, tuple[str, str]], first_names: AbstractSet[str]
) -> tuple[list[str], ...]:
    """Return a word's features for each position relative to the current token.

    Args:
        word: A token.
        table: Form to cluster and capital letter, see `streams.tag.recognize.words`.
        first_names: First names, capitalized.

    Returns:
        Five lists: for two before, one before, at, one after and two after the current token.
    """
    lower = word.lower()
    form = word if word in table else lower
    cluster, capital = table.get(form, ("", "?"))
    lists = _listed(lower.rstrip("."), word, first_names)
    drawn = shape(word)
    near = [f"w={lower}", f"s={drawn}", f"c={cluster}", *_prefixes(cluster, (4, 8))]
    near += [f"l={name}" for name in lists]
    own = [*near, *_prefixes(cluster, (6, 10, 14)), f"k={capital}", f"k={capital}{drawn[:3]}"]
    own += [f"p={lower[:n]}" for n in (2, 3, 4) if len(lower) > n]
    own += [f"e={lower[-n:]}" for n in (2, 3, 4) if len(lower) > n]
    far = [f"w={lower}", f"s={drawn[:4]}", *_prefixes(cluster, (6,))]
    return (
        [f"-2{feature}" for feature in far],
        [f"-1{feature}" for feature in near],
        own,
        [f"+1{feature}" for feature in near],
        [f"+2{feature}" for feature in far],
    )


def _prefixes(cluster: str, lengths: tuple[int, ...]) -> list[str]:
    """Return the top of the path in the cluster tree: the lowest bits of the number."""
    if not cluster or cluster == "0":
        return []
    bits = int(cluster, 16)
    return [f"b{length}={bits & ((1 << length) - 1):x}" for length in lengths]


def _listed(lower: str, word: str, first_names: AbstractSet[str]) -> list[str]:
    names = (("T", TITLES), ("O", ORGANIZATIONS), ("P", PLACES), ("M", MONTHS))
    lists = [name for name, words in names if lower in words]
    if word in first_names or (word.isupper() and word.capitalize() in first_names):
        lists.append("F")
    return lists
