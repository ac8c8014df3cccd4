"""Normalize texts to the words that queries compare: without case, accents or punctuation.

These are the words of a text's first reading; `streams.route.query.readings` has the others.
"""

import re
import unicodedata

_MARKS_TO_DROP = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff"
)
"""Diacritical marks of Latin, Greek and Cyrillic, Hebrew points and accents, Arabic vowel signs and
the tatweel, which only lengthens a word.

Marks of other scripts are part of a letter: a Hindi word without its vowel signs is another word.
"""

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200d-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff"
)
"""Characters that are not shown (Unicode, Default_Ignorable_Code_Point), such as the soft hyphen;
the zero-width non-joiner is treated below."""

_LETTERS = {
    "æ": "ae", "ð": "d", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه",
    "ە": "ه",
    **dict.fromkeys("\u2010\u2011\u05be", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc\u02bb\u2032\u05f3\u00b7\u2027", "'"),
    "\u05f4": '"', "\u066c": ",",
}  # fmt: skip
"""Letters that Unicode does not decompose, and signs that differ only in shape.

References:
    CLDR, transform Latin-ASCII; Lucene, ArabicNormalizer and PersianNormalizer (alef, yeh, kaf,
    heh); Unicode Standard Annex 29, section 4.1 (hyphens, apostrophes, Hebrew geresh).
"""

_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០"
"""The zeros of other scripts; the digits 1 to 9 follow each."""

_DIGITS = {chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)}

LONG_SPELLINGS = str.maketrans({"ä": "ae", "å": "aa", "ö": "oe", "ø": "oe", "ü": "ue"})
"""Letters that German, Danish, Norwegian and Swedish also spell as two (CLDR, transforms de-ASCII
and da-ASCII)."""

PLAIN_SPELLINGS = str.maketrans("äåöøü", "aaoou")
"""The same letters without their marks, as those who cannot type them write."""

_COMPOSED = {"a\u0308": "ä", "a\u030a": "å", "o\u0308": "ö", "u\u0308": "ü"}
INVISIBLE = re.compile(f"[{_INVISIBLE}]")
"""Characters that are not shown."""

_RESPELLED = re.compile(
    rf"[aou]\u0308|a\u030a|[{_MARKS_TO_DROP}{_INVISIBLE}]+"
    rf"|[{''.join(map(re.escape, _LETTERS))}{''.join(_DIGITS)}]"
)
_REPLACEMENTS = _LETTERS | _DIGITS | _COMPOSED

DIGIT_SPACE = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
"""A space that does not end a number: ``1 000`` in French; a plain space may end one."""

_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3"
    "\u17d7\u17dc\u17dd\u1950-\u1974\u1980-\u19c9\u1a20-\u1a7c\u3005-\u3007\u3021-\u3029"
    "\u3040-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ef"
    "\ua9fa-\ua9fe\uaa60-\uaa7f\uaa80-\uaadf\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Letters of scripts that do not separate words by spaces: Han, Hiragana, Katakana, and those of
line-breaking class SA (Thai, Lao, Myanmar, Khmer, Tai). Each is a word, with its marks; so a query
finds a word within a sentence or compound without a dictionary.

References:
    Unicode Standard Annex 29, section 4.1, for Han and Hiragana, and its note on Thai, Lao, Khmer
    and Myanmar; Annex 14 for class SA; Lucene's CJKAnalyzer for Katakana.
"""

_CLUSTER_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059"
    "\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d"
    "\u17b6-\u17d3\u17dd\u1a55-\u1a7c\u3099\u309a\ua9e5\uaa7b-\uaa7d\uaab0\uaab2-\uaab4\uaab7"
    "\uaab8\uaabe\uaabf\uaac1"
)
_STACKERS = "\u1039\u17d2"
"""Signs that put the next consonant below the letter, in Myanmar and Khmer."""

_SIGNS = (
    "\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u0900-\u0963\u0971-\u0dff\u0f18\u0f19\u0f35"
    "\u0f37\u0f39\u0f71-\u0f84\u0f86\u0f87\u0f8d-\u0fbc\u135d-\u135f\u1b00-\u1b04\u1b34-\u1b44"
    "\ua980-\ua983\ua9b3-\ua9c0"
)
"""Vowel signs of Indian and other scripts: not letters for ``re``, but parts of words."""

_ASCII_WORD = re.compile(r"[a-zA-Z0-9]++")
_PLAIN_WORD = re.compile(r"[^\W_]++")
_SINGLE = re.compile(rf"[{_UNSPACED}]")
_SPECIAL = re.compile(rf"[{_UNSPACED}{_SIGNS}{_MARKS_TO_DROP}]")
_CLUSTER = rf"[{_UNSPACED}](?:[{_CLUSTER_MARKS}]+|(?<=[{_STACKERS}])[\u1000-\u102a\u1780-\u17b3])*"
_LONG_WORD = rf"(?:[^\W_{_UNSPACED}]++|[{_SIGNS}{_MARKS_TO_DROP}]++)++"
_WORD = re.compile(f"{_CLUSTER}|{_LONG_WORD}")

JOINTS = "-'.,\"\u200c"
"""Signs that may be within a word or number."""

_ASCII_COMPOUND = re.compile(rf"[a-z0-9]++(?:[{JOINTS}][a-z0-9]++)*+")
_PLAIN_COMPOUND = re.compile(rf"[^\W_]++(?:[{JOINTS}][^\W_]++)*+")
_COMPOUND = re.compile(rf"{_CLUSTER}|{_LONG_WORD}(?:[{JOINTS}]{_LONG_WORD})*+")

_APART = str.maketrans(dict.fromkeys(JOINTS, " ") | {chr(k): v for k, v in PLAIN_SPELLINGS.items()})
"""Parts compounds, and removes the marks of letters with two spellings."""

_NO_PERSIAN_JOINT = re.compile(r"(?<![\u0620-\u06ff])\u200c|\u200c(?![\u0620-\u06ff])")


def fold_text(text: str) -> str:
    """Return a text without differences of case, accents and shapes of signs.

    Letters with two spellings (``ü``), and signs within words, remain.

    References:
        Unicode 15, section 3.13 (D145, canonical caseless match, here with the compatibility
        decomposition) and 5.18.

    Examples:
        >>> fold_text("Łódź, MÜLLER’s")
        "lodz, müller's"
    """
    if text.isascii():
        return text.lower()
    text = DIGIT_SPACE.sub("'", text)
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", decomposed)
    plain = _RESPELLED.sub(lambda match: _REPLACEMENTS.get(match[0], ""), decomposed)
    if "\u200c" in plain:
        plain = _NO_PERSIAN_JOINT.sub("", plain)
    return unicodedata.normalize("NFC", plain)


def normalize_text(text: str) -> str:
    """Return a text without differences of case and accents: its first reading, not yet in words.

    Examples:
        >>> normalize_text("Łódź, STRASSE")
        'lodz, strasse'
        >>> normalize_text("Straße") == normalize_text("STRASSE")
        True
    """
    return fold_text(text).translate(PLAIN_SPELLINGS)


def is_single(word: str) -> bool:
    """Return whether a word is one letter of a script without spaces, where words are longer.

    Examples:
        >>> is_single("橋"), is_single("a")
        (True, False)
    """
    return _SINGLE.match(word) is not None


def normalized_words(text: str) -> list[str]:
    """Return the words of a text in order, in its first reading.

    Everything but letters and digits separates words: ``U.S.`` and ``Russia's`` are two words
    each. A letter of a script without spaces is a word.

    Examples:
        >>> normalized_words("Baerbock’s e-mail: über 40 Seiten")
        ['baerbock', 's', 'e', 'mail', 'uber', '40', 'seiten']
        >>> normalized_words("日本政府")
        ['日', '本', '政', '府']
        >>> normalized_words("น้ำท่วม")
        ['น้ํ', 'า', 'ท่', 'ว', 'ม']
    """
    return words_of(normalize_text(text))


def words_of(plain: str) -> list[str]:
    """Return the words of a normalized text, or of one reading."""
    return word_pattern(plain).findall(plain)


def word_pattern(plain: str) -> re.Pattern[str]:
    """Return the pattern of the words of a text: the fastest that finds them all."""
    if plain.isascii():
        return _ASCII_WORD
    return _WORD if _SPECIAL.search(plain) else _PLAIN_WORD  # three times as fast


def compounds(folded: str) -> str:
    """Return the words of a folded text, joined by spaces, with the signs that are within them.

    Examples:
        >>> compounds("the u.s.-led e-mail, 3.5%")
        'the u.s led e-mail 3.5'
    """
    if folded.isascii():
        return " ".join(_ASCII_COMPOUND.findall(folded))
    pattern = _COMPOUND if _SPECIAL.search(folded) else _PLAIN_COMPOUND
    return " ".join(pattern.findall(folded))


def parted(compound_words: str) -> str:
    """Return compounds as the words of the first reading.

    Examples:
        >>> parted("the u.s led e-mail 3.5")
        'the u s led e mail 3 5'
    """
    return compound_words.translate(_APART)


def padded_words(text: str) -> str:
    """Return the words of a text with one space between, before and after them.

    The operator ``in`` then finds a word by ``" word "``, a phrase by ``" two words "`` and the
    beginning of a word by ``" begin"``. Empty when the text has no words.

    Examples:
        >>> padded_words("Foreign Minister!")
        ' foreign minister '
        >>> padded_words("…")
        ''
    """
    return pad(normalized_words(text))


def pad(words: list[str] | tuple[str, ...]) -> str:
    """Return words with one space between, before and after them."""
    return f" {' '.join(words)} " if words else ""
