"""What the tagger knows of single words: Brown clusters, capitals, first names."""

import lzma
from collections.abc import Mapping

from streams.tag.recognize.shape import local_features


class Words:
    """Features of words by themselves, remembered from call to call.

    Attributes:
        table: Form to its cluster in hexadecimal and the letter of its capitals.
        first_names: First names of many countries.
    """

    def __init__(self, table: Mapping[str, tuple[str, str]], first_names: frozenset[str]) -> None:
        """Take the tables."""
        self.table = table
        self.first_names = first_names
        self._remembered: dict[str, tuple[list[str], ...]] = {}

    @classmethod
    def read(cls, packed: bytes, first_names: frozenset[str]) -> "Words":
        """Unpack what ``tools/build_words.py`` writes."""
        table = {}
        shared: dict[tuple[str, str], tuple[str, str]] = {}
        for line in lzma.decompress(packed).decode().split("\n"):
            form, cluster, letter = line.split("\t")
            pair = (cluster, letter)
            table[form] = shared.setdefault(pair, pair)
        return cls(table, first_names)

    def features(self, word: str) -> tuple[list[str], ...]:
        """Give the features of a word for the places -2 to 2 around it."""
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) > _MOST_REMEMBERED:
                self._remembered.clear()
            known = local_features(word, self.table, self.first_names)
            self._remembered[word] = known
        return known


_MOST_REMEMBERED = 50_000
"""Words; some 100 MB would be 200,000."""
