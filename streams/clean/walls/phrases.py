"""Judge one phrase or sentence: is it what a server or wall says?"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from streams.clean.walls.vocabulary import WORDS, Sense
from streams.outcome import DropReason

MAX_PHRASE_CHARACTERS: Final = 160
"""Longest title that is compared with the vocabulary; a longer one is a sentence of an article."""

MIN_SHARE: Final = 0.25
"""Least share of words with a sense in a sentence that a wall says.

In the 1,112 pages of evals/extraction, 1 of 100 sentences of the texts has a larger share and two
senses (2026-12); of the sentences of walls, 9 of 10 have.
"""

_SCRIPTS: Final = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Kana, ideographs and Hangul: words without spaces between them, or with endings joined."""

_JOINED: Final = re.compile(f"[{_SCRIPTS}]+")
_GAP: Final = re.compile(rf"(?<=[{_SCRIPTS}])\s+(?=[{_SCRIPTS}])")
_TOKEN: Final = re.compile(rf"[{_SCRIPTS}]+|[^\W_{_SCRIPTS}]+")
_ARTICLES: Final = ("وال", "بال", "كال", "لل", "ال")
"""Arabic prefixes: the article, alone and with prepositions."""

_STROKES: Final = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "a"})
"""Letters that Unicode does not decompose."""

_QUESTION: Final = re.compile("[?？؟]")
_MIN_STEM: Final = 2
_MAX_STEM: Final = 22
"""Length of the vocabulary's longest stems, in letters."""

_FILLER: Final = Sense.FILLER.value

MISSING_CODES: Final = frozenset({"404", "410"})
"""Status codes of RFC 9110 (15.5.5, 15.5.11) for a page that does not exist."""

_UNSAID: Final = Sense.FILLER | Sense.READER | Sense.HOST | Sense.PROCEED
"""Senses that say nothing about a wall on their own."""

_REFUSING_TITLES: Final = (
    Sense.HUMAN | Sense.HOST,
    Sense.VERIFY | Sense.ACCESS,
    Sense.HUMAN | Sense.MISSING,
)
"""Pairs that refuse the reader in a title, where every word is a wall's."""

REFUSALS: Final = (
    Sense.ACCESS | Sense.DENIED,
    Sense.HUMAN | Sense.VERIFY,
    Sense.HUMAN | Sense.READER,
    Sense.VERIFY | Sense.SECURITY,
    Sense.VERIFY | Sense.BROWSER,
    Sense.HUMAN | Sense.DENIED,
    Sense.SECURITY | Sense.SWITCH,
    Sense.BROWSER | Sense.SWITCH,
)
"""Pairs of senses that refuse the reader; neither sense does alone: "Human error", "Security"."""

_ALONE: Final = Sense.DENIED | Sense.OUTAGE | Sense.LOGIN | Sense.ERROR | Sense.WAIT
"""Senses that refuse the reader in a phrase of their own: "Forbidden", "Just a moment"."""

_OF_NEWS: Final = Sense.HUMAN
"""A sense that news is about, too: "Human error"."""

MIN_UNKNOWN_LETTERS: Final = 3
"""Shorter words that the vocabulary lacks are particles, in one language or another."""


class SenseCounts(NamedTuple):
    """The senses of a text, and how many of its words have one.

    Attributes:
        senses: All senses.
        n_senseful: Words with a sense beyond `Sense.FILLER`.
        n_unknown: Words that are not in the vocabulary.
        codes: HTTP status codes.
    """

    senses: Sense
    n_senseful: int
    n_unknown: int
    codes: frozenset[str]


def wall_reason(phrase: str) -> DropReason | None:
    """Return what a phrase says if it is, as a whole, what a server or a wall says.

    Every word must be in the vocabulary, so that "Access denied" is a wall's, and "Access denied
    to hundreds at stadium gates" is not.

    Args:
        phrase: A title without the site's name, in any of the vocabulary's languages.

    Examples:
        >>> wall_reason("Oops! That page can't be found."), wall_reason("Die Seite wurde gefunden")
        (<DropReason.NOT_FOUND: 'not_found'>, <DropReason.NOT_FOUND: 'not_found'>)
        >>> wall_reason("Human error") is wall_reason("Page of history found") is None
        True
    """
    if len(phrase) > MAX_PHRASE_CHARACTERS:
        return None
    counts = count_senses(phrase)
    if counts.n_unknown or not counts.n_senseful:
        return None
    if counts.senses & ~Sense.FILLER == Sense.HUMAN and _QUESTION.search(phrase):
        return DropReason.BLOCKED
    return _reason(counts)


def _reason(counts: SenseCounts) -> DropReason | None:
    said = counts.senses & ~_UNSAID
    if Sense.SCRIPT in said:
        return DropReason.SCRIPT_REQUIRED
    if _says_missing(said, counts.codes):
        return DropReason.NOT_FOUND
    asks = Sense.CONSENT in said or has_senses(counts.senses, Sense.PROCEED | Sense.READER)
    if asks and Sense.LOGIN not in said:
        return DropReason.CONSENT_WALL
    pairs = (*REFUSALS, *_REFUSING_TITLES)
    refuses = any(has_senses(counts.senses, pair) for pair in pairs)
    return DropReason.BLOCKED if refuses or (said & _ALONE and not said & _OF_NEWS) else None


def _says_missing(said: Sense, codes: frozenset[str]) -> bool:
    if codes & MISSING_CODES or has_senses(said, Sense.PAGE | Sense.MISSING):
        return True
    return said in (Sense.MISSING, Sense.MISSING | Sense.ERROR)


def is_wall_sentence(sentence: str) -> bool:
    """Return whether a sentence speaks of the page, the browser or the reader's access.

    Examples:
        >>> is_wall_sentence("You do not have permission to view this page on this server.")
        True
        >>> is_wall_sentence("The county buys the island of Hesta from the bank.")
        False
    """
    return wall_senses(sentence) is not None


def wall_senses(sentence: str) -> Sense | None:
    """Return the senses of a sentence that a wall says; None for any other sentence."""
    counts = count_senses(sentence)
    said = counts.senses & ~_UNSAID
    n_said = counts.n_senseful
    total = n_said + counts.n_unknown
    if not said or n_said < MIN_SHARE * total:
        return None
    has_several = len(counts.senses & ~Sense.FILLER) > 1
    return counts.senses if has_several or n_said > counts.n_unknown else None


def count_senses(text: str) -> SenseCounts:
    """Count the words of a text by their senses. Linear in its length."""
    # Plain integers, since an operation on two flags takes a microsecond.
    senses = 0
    n_senseful = n_unknown = n_joined = 0
    codes: set[str] = set()
    for token in _tokens(text):
        sense = _sense(token)
        senses |= sense
        if not sense:
            n_joined += _JOINED.match(token) is not None
            n_unknown += len(token) >= MIN_UNKNOWN_LETTERS
        elif sense != _FILLER:
            n_senseful += 1
            if token.isdigit():
                codes.add(token)
    # An unknown word of a script without spaces is found letter by letter; most have two.
    return SenseCounts(Sense(senses), n_senseful, n_unknown + (n_joined + 1) // 2, frozenset(codes))


def _tokens(text: str) -> Iterator[str]:
    """Yield the words of a text; a run without spaces in the vocabulary's longest words."""
    for match in _TOKEN.finditer(_GAP.sub("", _normal(text))):
        token = match[0]
        if _JOINED.match(token):
            yield from _joined_words().findall(token)
        else:
            yield token


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    """Fold case, width and diacritics."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare)


@lru_cache(maxsize=16384)
def _sense(token: str) -> int:
    exact, stems = _vocabulary()
    for word in (token, *_without_article(token)):
        sense = exact.get(word, 0)
        for end in range(_MIN_STEM, min(len(word), _MAX_STEM) + 1):
            sense |= stems.get(word[:end], 0)
        if sense:
            return sense
    return 0


def _without_article(token: str) -> Iterator[str]:
    for prefix in _ARTICLES:
        if token.startswith(prefix) and len(token) > len(prefix) + 1:
            yield token[len(prefix) :]
            return


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[dict[str, int], dict[str, int]]:
    """Return the senses of whole words, and of stems."""
    exact: dict[str, int] = {}
    stems: dict[str, int] = {}
    for sense, text in WORDS.items():
        for word in text.split():
            target = stems if word.endswith("*") else exact
            key = _normal(word.rstrip("*"))
            target[key] = target.get(key, 0) | sense.value
    return exact, stems


@lru_cache(maxsize=1)
def _joined_words() -> re.Pattern[str]:
    """Return a pattern of the vocabulary's words without spaces, the longest first."""
    words = [word for word in _vocabulary()[0] if _JOINED.fullmatch(word)]
    return re.compile("|".join([*sorted(words, key=len, reverse=True), "."]))


def has_senses(senses: Sense, wanted: Sense) -> bool:
    """Return whether all of several senses are among others."""
    return senses & wanted == wanted
