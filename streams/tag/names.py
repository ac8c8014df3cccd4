"""Compare spellings of names, and find the boundaries of names in running text."""

import re
import unicodedata

SAME_LENGTH = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
    }
)
"""Look-alike characters to those of stored names, one for one, so that offsets do not change."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Kana and Han: no spaces between words (Unicode blocks)."""

_PUNCTUATION = str.maketrans({".": "", "'": "", "-": " ", "/": " ", ",": " "})


def fold(name: str) -> str:
    """Return the form that is equal for all spellings of a name.

    Idempotent. Ignores case, accents of Latin, Greek and Cyrillic letters, full stops,
    apostrophes, hyphens, runs of spaces, and a space between two initials at the
    beginning.

    Args:
        name: A name in any script.

    Returns:
        The folded name; empty for a name of punctuation only.

    Examples:
        >>> fold("Recep Tayyip  Erdoğan")
        'recep tayyip erdogan'
        >>> fold("U.S.") == fold("US"), fold("J. K. Rowling") == fold("JK Rowling")
        (True, True)
        >>> fold("Stratford-upon-Avon")
        'stratford upon avon'
    """
    text = name.translate(SAME_LENGTH).casefold()
    if not text.isascii():
        text = "".join(_plain(character) for character in text).casefold()
    words = text.translate(_PUNCTUATION).split()
    if len(words) > 1 and len(words[0]) == 1 == len(words[1]):
        words[:2] = ["".join(words[:2])]
    return " ".join(words)


_ARTICLE = re.compile(
    r"(?:the|a|an)\s+(?=[A-Z])|(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady)\.?\s+", re.IGNORECASE
)


def without_title(name: str) -> str:
    """Return a name without its article or form of address.

    Examples:
        >>> without_title("The Associated Press"), without_title("Mr. Biden")
        ('Associated Press', 'Biden')
    """
    match = _ARTICLE.match(name)
    return name[match.end() :] if match and match.end() < len(name) else name


def _plain(character: str) -> str:
    """Remove the accent of a Latin, Greek or Cyrillic letter; other scripts keep their marks."""
    if character.isascii() or character > "\u1fff":
        return _EXTRA.get(character, character)
    parts = unicodedata.normalize("NFD", character)
    if "\u0300" <= parts <= "\u036f":
        return ""
    if len(parts) > 1 and parts[0] < "\u0530":
        return parts[0]
    return _EXTRA.get(character, character)


_EXTRA = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
"""Letters whose stroke or ligature Unicode does not decompose, as transliterated on passports."""


def is_unspaced(character: str) -> bool:
    """Return whether a character belongs to a script written without spaces between words."""
    return bool(_UNSPACED.match(character))


def is_word(character: str) -> bool:
    """Return whether a character can be part of a word: a letter, digit or combining mark.

    Examples:
        >>> is_word("é"), is_word("\u0301"), is_word("-"), is_word("_")
        (True, True, False, True)
    """
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


def has_word_boundaries(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` begins and ends at word boundaries.

    Args:
        text: Running text.
        start: Position of the first character.
        end: Position after the last character; more than ``start``.

    Examples:
        >>> has_word_boundaries("in Iran today", 3, 7)
        True
        >>> has_word_boundaries("in Iranian hands", 3, 7)
        False
    """
    before_joins = start > 0 and is_word(text[start - 1]) and is_word(text[start])
    if before_joins and not (is_unspaced(text[start]) and text[start - 1] > "\u0dff"):
        return False
    if end >= len(text):
        return True
    if unicodedata.category(text[end])[0] == "M":
        return False
    joins = is_word(text[end]) and is_word(text[end - 1])
    return not joins or is_unspaced(text[end - 1])
