"""Frequencies of spellings, which distinguish names from words that are only capitalized."""

import gzip
import importlib.util
import json
from pathlib import Path

UNSEEN = -20.5
"""Log-probability of a form that the table does not have; its lowest value is -19.5."""


class Words:
    """Log-probabilities of English word forms, case-sensitive.

    Args:
        table: Log-probability of each form; by default read from the installed package.

    References:
        spacy-lookups-data 1.0.5 (MIT), ``en_lexeme_prob``: a million forms.
    """

    def __init__(self, table: dict[str, float] | None = None) -> None:
        if table is not None:
            self._table: dict[str, float] = table
            return
        spec = importlib.util.find_spec("spacy_lookups_data")
        if spec is None or spec.origin is None:
            raise SystemExit("pip install spacy-lookups-data==1.0.5 (for building only)")
        packed = Path(spec.origin).parent / "data" / "en_lexeme_prob.json.gz"
        self._table = json.loads(gzip.decompress(packed.read_bytes()))

    def frequency(self, form: str) -> float:
        """Return the log-probability of a form."""
        return self._table.get(form, UNSEEN)

    def is_name(self, word: str, *, margin: float = 1.0) -> bool:
        """Return whether a word has a capital ``e**margin`` times as often as none."""
        if not word.isascii():
            return True
        return self.frequency(word) - self.frequency(word.lower()) >= margin

    def is_ordinary(self, word: str) -> bool:
        """Return whether a word is mostly, or commonly, written in lower case."""
        lower = self.frequency(word.lower())
        return lower > -17.5 and lower > self.frequency(word.capitalize()) - 1.0  # noqa: PLR2004
