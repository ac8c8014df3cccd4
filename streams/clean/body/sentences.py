"""Split paragraphs into sentences, also where the spaces between them are lost."""

import re
from typing import Final

# fmt: off
ABBREVIATIONS: Final = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "gen", "sen", "rep", "reps", "gov", "lt", "col", "sgt",
    "capt", "cmdr", "adm", "maj", "rev", "hon", "st", "mt", "ft", "jr", "sr", "vs", "no", "nos",
    "inc", "corp", "co", "ltd", "bros", "dept", "est", "fig", "al", "approx", "etc", "eg", "ie",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    "calif", "conn", "fla", "ill", "mass", "mich", "minn", "penn", "tenn", "tex", "wash", "wis",
    "ph", "messrs", "mme", "mlle", "sra", "srta", "dra", "art", "nr", "bzw", "ca", "usw", "z.b",
    "д-р", "г", "ул", "им",
))
# fmt: on
"""Words that end with a period within a sentence, in lower case.

References: Kiss and Strunk, "Unsupervised multilingual sentence boundary detection", 2006, for
the classes (titles, months, company forms, initials); the list is our own.
"""

_ALSO_WORDS: Final = frozenset(
    ("no", "nos", "art", "est", "al", "sat", "sun", "mar", "ill", "mass", "co", "im", "ca", "wash")
)
"""Abbreviations that are more often words at the end of a sentence."""
_NEVER_LAST: Final = ABBREVIATIONS - _ALSO_WORDS

_END: Final = re.compile(
    r"((?<![.!?…])[.!?…]++|[。！？])([\"”’»」』)\]]*+)(\s+|(?<=[。！？」』])|$)"
)
_LAST_LETTERS: Final = re.compile(r"[^\W_]+$")
_LAST_WORD: Final = re.compile(r"([\w.-]+)$")

_GLUE: Final = re.compile(
    r"(?<=[^\W_][^\W_]|.[%)\]\"”’»])(?P<stop>[.!?])(?P<quote>[\"”’»]?)"
    r"(?=[\"“‘«(]?[^\W\d_a-zß-öø-ÿ])"
)
"""The end of a sentence, directly followed by a capital letter or an opening quotation mark."""

_NAME_ENDINGS: Final = re.compile(r"(?:Com|Net|Org|Io|Ai|Js|Tv|Uk|Us|Eu|De|Fr)\b")
"""Letters after a period within a name: ``Booking.Com``."""

_RIGHT: Final = re.compile(r"[\"“‘«(]?\w[\w'’-]*")
_RUN_TOGETHER: Final = re.compile(
    r"(?<![^\W_])([^\W\d_]?[a-zß-öø-ÿ]{3,})([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{3,})\b"
)


def split_sentences(text: str) -> list[str]:
    """Split a paragraph into sentences.

    Splits too rarely rather than too often: never after an initial or a known
    abbreviation, never before a lower-case letter.

    Args:
        text: One paragraph.

    Returns:
        Its sentences in order; joined by single spaces they equal the paragraph,
        except for white space.

    Examples:
        >>> split_sentences("Gen. Lee of the U.S. Army left. They did not ask why.")
        ['Gen. Lee of the U.S. Army left.', 'They did not ask why.']
    """
    result: list[str] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if end < len(text) and not _ends_sentence(text, match):
            continue
        sentence = text[start:end].strip()
        if sentence:
            result.append(sentence)
        start = end
    rest = text[start:].strip()
    return [*result, rest] if rest else result


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    following = text[match.end()]
    if following.islower():
        return False
    if match[1] != ".":
        return True
    word = _LAST_WORD.search(text, max(0, match.start() - 30), match.start())
    if word is None:
        return True
    last = word[1].rstrip(".")
    initial = len(last.rpartition(".")[2]) == 1 and last[-1:].isalpha() and last != "I"
    return not (initial or last.lower() in ABBREVIATIONS)


def split_glued_sentences(text: str) -> list[str]:
    """Split a text between sentences that have no space between them.

    Args:
        text: One paragraph, or an article whose breaks are lost.

    Returns:
        The pieces in order; one piece if no sentences are glued.

    Examples:
        >>> split_glued_sentences('He left."Why?" she asked.They knew.')
        ['He left.', '"Why?" she asked.', 'They knew.']
        >>> split_glued_sentences("Booking.com and the U.S.Army")
        ['Booking.com and the U.S.Army']
    """
    pieces: list[str] = []
    start = 0
    for match in _GLUE.finditer(text):
        cut = _cut(text, match, start)
        if cut:
            pieces.append(text[start:cut].strip())
            start = cut
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def _cut(text: str, match: re.Match[str], start: int) -> int:
    """Return the position of the cut at a match; 0 if no sentence ends there.

    A straight quotation mark closes if one has been open since the last cut.
    """
    word = _LAST_LETTERS.search(text, max(start, match.start() - 30), match.start())
    left = word[0] if word else ""
    if left.lower() in _NEVER_LAST or _NAME_ENDINGS.match(text, match.end()):
        return 0
    end = match.end()
    if match["quote"] == '"' and text.count('"', start, match.end("stop")) % 2 == 0:
        end = match.end("stop")
    right = _RIGHT.match(text, end)
    if right is None or not _begins_sentence(text, right):
        return 0
    # Codes of companies and titles are not split: ``<HARB.HK>``, ``BS.CK2``.
    return 0 if left.isupper() and right[0].isupper() else end


def _begins_sentence(text: str, right: re.Match[str]) -> bool:
    """Return whether a match is a word, not an initial or abbreviation: ``Ph.D.``, ``No.A``."""
    word = right[0].lstrip('"“‘«(')
    if not word:
        return False
    return len(word) > 1 or text[right.end() : right.end() + 1].isspace()


def split_glued_words(text: str, vocabulary: frozenset[str]) -> list[str]:
    """Split a text within words that were glued: ``over UkraineTensions rose``.

    Splits only if both halves occur as words elsewhere in the article, so that
    ``YouTube`` and ``McDonald`` are not split.

    Args:
        text: One paragraph.
        vocabulary: Words of the article, in lower case.

    Examples:
        >>> split_glued_words("talks over UkraineTensions rose", frozenset({"ukraine", "tensions"}))
        ['talks over Ukraine', 'Tensions rose']
    """
    pieces: list[str] = []
    start = 0
    for match in _RUN_TOGETHER.finditer(text):
        if match[1].lower() in vocabulary and match[2].lower() in vocabulary:
            pieces.append(text[start : match.start(2)])
            start = match.start(2)
    return [*pieces, text[start:]]
