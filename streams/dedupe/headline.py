"""Ask the headlines whether two texts that share words tell the same story.

What a headline says stands in the text. Where the words of a headline stand only in what the other
text lacks, the shared words are not the story: they are a template or boilerplate.
"""

from dataclasses import dataclass
from typing import Final

from streams.dedupe.alignment import Alignment
from streams.dedupe.features import smallest_hashes, spelling
from streams.dedupe.fingerprint import Fingerprint
from streams.records import Memory

MOST_NAME_WORDS: Final = 5
"""Largest number of words of a name in a headline: a company with its legal form."""

OWN_WORDS: Final = 6
"""Smallest number of words in a row that are a passage of a text's own: a short sentence."""

NAME_LETTERS: Final = 3
"""Smallest length of a Latin word that is counted: shorter ones are prepositions, legal forms and
signs of a stock exchange."""

CONTENT_LETTERS: Final = 4
"""Smallest length of a Latin word that says what a headline is about; shorter ones are mostly
articles and prepositions. Words of other scripts are all counted."""

SUPPORTED: Final = 1 / 3
"""Share of the words of a headline that stand in the shared text, from which on the shared text is
the story. This project's choice: of the merges of Reuters-21578 it rejects none, 2026-12-01."""


@dataclass(frozen=True, slots=True)
class Headlines:
    """Two headlines, and where their words stand in the texts.

    Attributes:
        common: Number of words that both headlines have.
        own: Words that only the article's headline has.
        known_own: Number of words that only the other headline has.
        own_apart: Those of ``own`` that the article has, but only where the other text differs.
        own_slots: Those of ``own_apart`` in whose place the other text has something else.
        own_shared: Those of ``own`` in the words that both texts have.
        known_apart: Number of the words only in the other headline that the article has nowhere.
        known_shared: Number of them in the words that both texts have.
    """

    common: int
    own: frozenset[str]
    known_own: int
    own_apart: frozenset[str]
    own_slots: frozenset[str]
    own_shared: frozenset[str]
    known_apart: int
    known_shared: int


def headlines_of(article: Fingerprint, known: Memory, alignment: Alignment) -> Headlines:
    """Compare two headlines; words in another spelling are the same words."""
    title, words = frozenset(article.title_words), article.words
    shared = {word for word, is_shared in zip(words, alignment.shared, strict=True) if is_shared}
    marks, spellings = _marks(known.title_marks), _marks(known.title_spellings)
    own = {w for w in title if not ({_mark(w)} & marks or {_mark(spelling(w))} & spellings)}
    known_own = marks - {_mark(word) for word in title}
    if spellings:
        respelled = {_mark(spelling(word)) for word in title}
        known_own = known_own if len(spellings - respelled) else set()
    everywhere = {_mark(word) for word in words}
    content = {_mark(word) for word in shared if is_content(word)}
    return Headlines(
        common=len(title) - len(own),
        own=frozenset(own),
        known_own=len(known_own),
        own_apart=frozenset(own & set(words) - shared),
        own_slots=frozenset(
            (own - shared) & {words[at] for slot in alignment.slots for at in slot}
        ),
        own_shared=frozenset(own & shared),
        known_apart=len(known_own - everywhere),
        known_shared=len(known_own & content),
    )


def is_content(word: str) -> bool:
    """Return whether a word says what a headline is about."""
    return len(word) >= CONTENT_LETTERS or not word.isascii()


def differ_in_name(headlines: Headlines, names: frozenset[str]) -> bool:
    """Return whether two headlines are the same but for the name of whom they are about.

    Args:
        headlines: The headlines.
        names: Names in the text of the article, in lower case; empty in scripts without capitals,
            where any word may be a name.
    """
    own = len(headlines.own)
    if not (0 < own <= MOST_NAME_WORDS and 0 < headlines.known_own <= MOST_NAME_WORDS):
        return False
    if headlines.common < max(own, headlines.known_own):
        return False
    said = [word for word in headlines.own if len(word) >= NAME_LETTERS or not word.isascii()]
    named = [w for w in said if w in headlines.own_slots and (not names or _is_name(w, names))]
    if 2 * len(named) <= len(said):
        return False
    return 2 * headlines.known_apart > headlines.known_own


def _is_name(word: str, names: frozenset[str]) -> bool:
    return word in names or word[0].isdigit()


def tell_other_stories(headlines: Headlines, alignment: Alignment) -> bool:
    """Return whether the shared text is in neither headline, and each text has one of its own."""
    if min(alignment.own, alignment.known_own) < OWN_WORDS:
        return False
    apart = sum(map(is_content, headlines.own_apart))
    shared = sum(map(is_content, headlines.own_shared))
    if not apart or not headlines.known_own:
        return False
    is_unsupported = headlines.known_shared <= SUPPORTED * headlines.known_own
    return shared <= SUPPORTED * (apart + shared) and is_unsupported


def _marks(data: bytes) -> set[bytes]:
    return {data[at : at + 2] for at in range(0, len(data), 2)}


def _mark(word: str) -> bytes:
    return smallest_hashes((word,), size=1)
