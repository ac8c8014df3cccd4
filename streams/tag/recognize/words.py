"""Provide the tagger's features of single words: Brown clusters, capitals, first names."""

import lzma
from collections.abc import Mapping

from streams.tag.recognize.shape import local_features


class Words:
    """Features of single words, cached between calls.

    Args:
        table: Form to its cluster in hexadecimal and the letter of its capitals.
        first_names: First names of many countries.
    """

    def __init__(self, table: Mapping[str, tuple[str, str]], first_names: frozenset[str]) -> None:
        self.table = table
        self.first_names = first_names
        self._cache: dict[str, tuple[list[str], ...]] = {}

    @classmethod
    def read(cls, packed: bytes, first_names: frozenset[str]) -> "Words":
        """Unpack the file that ``tools/build_words.py`` writes."""
        table = {}
        shared: dict[tuple[str, str], tuple[str, str]] = {}
        for line in lzma.decompress(packed).decode().split("\n"):
            form, cluster, letter = line.split("\t")
            pair = (cluster, letter)
            table[form] = shared.setdefault(pair, pair)
        return cls(table, first_names)

    def features(self, word: str) -> tuple[list[str], ...]:
        """Return the features of a word for the positions -2 to 2 around it."""
        features = self._cache.get(word)
        if features is None:
            if len(self._cache) > _CACHE_SIZE:
                self._cache.clear()
            features = local_features(word, self.table, self.first_names)
            self._cache[word] = features
        return features


_CACHE_SIZE = 50_000
"""Words; about 200,000 would take 100 MB."""
