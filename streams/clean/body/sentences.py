"""A paragraph in, its sentences out, also where their spaces were lost."""

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
the classes (titles, months, company forms, initials); the words are ours.
"""

_ALSO_WORDS: Final = frozenset(
    ("no", "nos", "art", "est", "al", "sat", "sun", "mar", "ill", "mass", "co", "im", "ca", "wash")
)
"""Abbreviations that are words at the end of a sentence more often than not."""
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
"""The end of a sentence with a capital letter or an opening quotation mark right after it."""

_NAME_ENDINGS: Final = re.compile(r"(?:Com|Net|Org|Io|Ai|Js|Tv|Uk|Us|Eu|De|Fr)\b")
"""What follows a period within a name: ``Booking.Com``."""

_RIGHT: Final = re.compile(r"[\"“‘«(]?\w[\w'’-]*")
_RUN_TOGETHER: Final = re.compile(
    r"(?<![^\W_])([^\W\d_]?[a-zß-öø-ÿ]{3,})([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{3,})\b"
)


def split_sentences(text: str) -> list[str]:
    """Cut a paragraph at the ends of its sentences.

    Cuts too seldom rather than too often: never after an initial or a known
    abbreviation, never before a lower-case letter.

    Args:
        text: One paragraph.

    Returns:
        Its sentences in order; joined by single spaces they are the paragraph
        again, up to white space.

    Examples:
        >>> split_sentences("Gen. Lee of the U.S. Army left. Nobody asked why.")
        ['Gen. Lee of the U.S. Army left.', 'Nobody asked why.']
    """
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if end < len(text) and not _ends_sentence(text, match):
            continue
        sentence = text[start:end].strip()
        if sentence:
            found.append(sentence)
        start = end
    rest = text[start:].strip()
    return [*found, rest] if rest else found


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
    """Cut a text where sentences stand together without a space.

    Args:
        text: One paragraph, perhaps a whole article whose breaks were lost.

    Returns:
        The pieces in order; one if nothing is glued.

    Examples:
        >>> split_glued_sentences('He left."Why?" she asked.Nobody knew.')
        ['He left.', '"Why?" she asked.', 'Nobody knew.']
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
    """Say where to cut at a glue point; 0 if it is none.

    A straight quotation mark closes if one is open since the last cut.
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
    # Codes of companies and titles: ``<HARB.HK>``, ``BS.CK2``.
    return 0 if left.isupper() and right[0].isupper() else end


def _begins_sentence(text: str, right: re.Match[str]) -> bool:
    """Tell a word from an initial or abbreviation: ``Ph.D.``, ``No.A``."""
    word = right[0].lstrip('"“‘«(')
    if not word:
        return False
    return len(word) > 1 or text[right.end() : right.end() + 1].isspace()


def split_glued_words(text: str, vocabulary: frozenset[str]) -> list[str]:
    """Cut a text within words that are two: ``over UkraineTensions rose``.

    Only where both halves stand alone elsewhere in the article, so that
    ``YouTube`` and ``McDonald`` stay whole.

    Args:
        text: One paragraph.
        vocabulary: Words of the whole article, in lower case.

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
