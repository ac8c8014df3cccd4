"""Extract the features that are compared: tokens, sentences, numbers and names, as hashes."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from math import log10

import xxhash

_TOKEN = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]|[^\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])[\"'”’)]*\s+|(?<=[。！？])|\n+")
_NUMBER = re.compile(r"(?<![^\W_぀-ヿ㐀-鿿가-힯฀-๿])\d+(?:[.,:]\d+)*")
"""A number does not begin within a word; scripts without spaces have it directly behind one."""
_CAPITALS = "A-Z" + "".join(chr(code) for code in range(0xC0, 0x590) if chr(code).isupper())
"""The capitals of the Latin, Greek, Cyrillic and Armenian scripts: Unicode blocks up to U+058F."""

_NAME = re.compile(rf"(?<=[^.!?:…\"“”„»] )[{_CAPITALS}][^\W\d_]+")
_WHITE_SPACE = re.compile(r"\s+")

PLACEHOLDER = re.compile(
    r"\W*(?:(?:blah\W*)+|(?:photos?|videos?|images?|pictures?|gallery|audio|watch|listen|live)\W*"
    r"|(?:photos?|images?|pictures?)\s*:[^\n]{0,200})",
    re.IGNORECASE,
)
"""Bodies without content: ``Video``, ``Photo: Jane Doe/ANI``, ``******``.

References:
    "Blah blah blah" and rows of asterisks: 1,799 bodies of Reuters-21578, all of them news
    flashes. The others: the media types of schema.org (``ImageObject``, ``VideoObject``,
    ``AudioObject``, ``ImageGallery``) as English pages label them; the length of a credit line is
    this project's choice.
"""

CORRECTION_NOTICE = re.compile(
    r"\b(?:correction|corrected|corrects|clarification|editor[’']s note|erratum"
    r"|an earlier version of this (?:article|story|report)"
    r"|this (?:article|story|report) (?:has been|was) (?:corrected|amended|updated to correct)"
    r"|korrektur|berichtigung|rectificatif|correctif|fe de errat(?:as|a)|correzione"
    r"|rectificación)\b",
    re.IGNORECASE,
)
"""Wording by which a text announces that it was corrected.

References:
    The wording that the correction policies of Associated Press, The Guardian and The New York
    Times prescribe, and the usual label in German, French, Spanish and Italian; collected by hand.
"""


def tokens(text: str) -> list[str]:
    """Split a text into lower-case words and numbers, in Unicode form NFKC, without punctuation.

    Chinese, Japanese, Korean and Thai characters are tokens of their own, since
    these scripts do not show where words end.

    References:
        Unicode Standard Annex 15 (NFKC); Unicode blocks Hiragana to Katakana, CJK ideographs,
        Hangul syllables, Thai.

    Examples:
        >>> tokens("The U.S. won 3-1, ﬁnally!")
        ['the', 'u', 's', 'won', '3', '1', 'finally']
        >>> tokens("東京で")
        ['東', '京', 'で']
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _TOKEN.findall(text.casefold())


def plain(text: str) -> str:
    r"""Return a text in Unicode form NFC with single spaces and otherwise unchanged.

    Examples:
        >>> plain("  Rain\nfell. ")
        'Rain fell.'
    """
    return _WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def is_placeholder(text: str) -> bool:
    """Return whether a body has no content: empty, asterisks, ``Video``, ``Photo: …``.

    Examples:
        >>> is_placeholder("Photo: Jane Doe/ANI"), is_placeholder("****"), is_placeholder("")
        (True, True, True)
        >>> is_placeholder("Video shows the bridge")
        False
    """
    return len(text) <= 300 and (PLACEHOLDER.fullmatch(text) is not None or not tokens(text))  # noqa: PLR2004  # longer bodies have content


def sentences(text: str) -> list[str]:
    r"""Split a text at ends of sentences and at line breaks.

    References:
        The same rule was within 10 % of blingfire, syntok and pysbd in the number of sentences
        (293 to 309 a page), at a fraction of the cost; measured 2026.

    Examples:
        >>> sentences("Rain fell. It stopped.\n\nThen sun")
        ['Rain fell.', 'It stopped.', 'Then sun']
    """
    return [part for part in (part.strip() for part in _SENTENCE_END.split(text)) if part]


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in a text, as written.

    Examples:
        >>> sorted(numbers("12 of 1,500 died at 10:30."))
        ['1,500', '10:30', '12']
        >>> numbers("死者12人, Boeing B747")
        frozenset({'12'})
    """
    return frozenset(_NUMBER.findall(text))


def number_values(text: str, *, size: int) -> bytes:
    """Return the values of the numbers in a text, in order, on a scale of logarithms.

    Args:
        text: The text.
        size: Largest number of values to keep.

    Returns:
        2 bytes each, big endian: 4,000 steps for a factor of ten, from a thousandth on. Zero,
        clock times and numbers beyond a trillion are left out.

    Examples:
        >>> number_values("1,500 of 2.000", size=9) == number_values("1500 and 2000", size=9)
        True
    """
    values = []
    for number in islice(_NUMBER.findall(text), 4 * size):
        digits = re.sub(r"[.,]", "", number) if _GROUPED.fullmatch(number) else number
        with suppress(ValueError):
            value = float(digits.replace(",", "."))
            step = round(_STEPS * (log10(value) + 3)) if value > 0 else -1
            if 0 <= step < 1 << 16:
                values.append(step.to_bytes(2, "big"))
    return b"".join(values[:size])


_STEPS = 4000
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def names(text: str) -> frozenset[str]:
    """Return the words that are capitalized inside a sentence.

    Line breaks must have been replaced by spaces (`plain`). Empty for scripts
    without capitals; in German the set contains every noun.

    Examples:
        >>> sorted(names("Yesterday in Paris, President Macron met Olaf Scholz. Rain fell."))
        ['Macron', 'Olaf', 'Paris', 'President', 'Scholz']
    """
    return frozenset(_NAME.findall(text))


_SPELLINGS = str.maketrans("zckqy", "ssssi")
_VOWELS = re.compile(r"(?<!^)[aeiou]+|(?<=(.))\1+")


def spelling(word: str) -> str:
    """Return what the spellings of a Latin word have in common: its consonants, roughly.

    For British and American spellings, and for transcriptions of names.

    Args:
        word: A token, see `tokens`. A short word, or one of another script, is left unchanged.

    References:
        The differences that the Oxford Guide to Style, 2002, names: -our and -or, -re and -er,
        -ise and -ize, -ence and -ense, doubled consonants, y and i; this project's rule for them.

    Examples:
        >>> pairs = ("harbour harbor", "theatre theater", "organised organized", "kyiv kiev")
        >>> [spelling(one) == spelling(two) for one, two in map(str.split, pairs)]
        [True, True, True, True]
        >>> spelling("lindenau") == spelling("lindau")
        False
    """
    if len(word) < _SPELLED_LETTERS or not word.isascii() or not word.isalpha():
        return word
    return _VOWELS.sub("", word.translate(_SPELLINGS))


_SPELLED_LETTERS = 4
"""Shortest word with several spellings that are looked for: "kyiv"."""

_NOTICE_STEMS = (
    *("corre", "clarif", "note", "errat", "version", "amend"),
    *("korrektur", "berichtig", "rectif"),
)
"""Every notice contains one of these stems; searching for them first saves most of the time."""


def has_correction_notice(text: str) -> bool:
    """Return whether a text announces that it was corrected.

    Examples:
        >>> has_correction_notice("Correction: an earlier version gave the wrong date.")
        True
    """
    folded = text.casefold()
    return any(stem in folded for stem in _NOTICE_STEMS) and bool(CORRECTION_NOTICE.search(text))


def text_digest(words: Iterable[str]) -> str:
    """Hash a sequence of words: 16 hex digits; empty for no words.

    References:
        XXH3, 64 bits: among a million texts two different ones collide with probability 3e-8.

    Examples:
        >>> text_digest(["rain"]) == text_digest(tokens("RAIN!"))
        True
        >>> text_digest([])
        ''
    """
    joined = " ".join(words)
    return xxhash.xxh3_64_hexdigest(joined.encode("utf-8", "surrogatepass")) if joined else ""


def smallest_hashes(words: Iterable[str], *, size: int) -> bytes:
    """Keep 16 bits of each different word, the smallest ones first.

    Args:
        words: Words or numbers; order and repetition do not matter.
        size: Largest number of hashes to keep.

    Returns:
        Ascending, 2 bytes each, big endian.

    Examples:
        >>> words = ["rain", "fell"]
        >>> smallest_hashes([*words, "rain"], size=24) == smallest_hashes(words, size=24)
        True
    """
    hashes = {xxhash.xxh3_64_digest(word.encode("utf-8", "surrogatepass"))[:2] for word in words}
    return b"".join(sorted(hashes)[:size])


def shared_hashes(left: bytes, right: bytes, *, size: int) -> tuple[int, int, int]:
    """Compare two sets of words by their `smallest_hashes`.

    Returns:
        The numbers of words in both sets, in the first and in the second; of a
        truncated set only the comparable part is counted.

    Examples:
        >>> sets = smallest_hashes("123", size=9), smallest_hashes("2345", size=9)
        >>> shared_hashes(*sets, size=9)
        (2, 3, 4)
    """
    last = min((data[-2:] for data in (left, right) if len(data) == 2 * size), default=b"\xff\xff")
    first, second = (
        {data[at : at + 2] for at in range(0, len(data), 2) if data[at : at + 2] <= last}
        for data in (left, right)
    )
    return len(first & second), len(first), len(second)


def sentence_digests(parts: Iterable[Sequence[str]]) -> bytes:
    """Hash sentences, 4 bytes each, in order; sentences without words are left out.

    Examples:
        >>> sentence_digests([["rain", "fell"], [], tokens("Rain fell.")]).hex()
        'c76cec49c76cec49'
    """
    return b"".join(
        xxhash.xxh32_digest(" ".join(words).encode("utf-8", "surrogatepass"))
        for words in parts
        if words
    )
