"""Split a text into words with their positions, and into sentences."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A word, number or punctuation mark: ``text[start:end]``."""

    text: str
    start: int
    end: int


def _marks() -> str:
    """Return a character class of the combining marks below the Han block, as ranges."""
    marks = [c for c in range(0x3100) if unicodedata.category(chr(c))[0] == "M"]
    ranges: list[list[int]] = []
    for mark in marks:
        if ranges and mark == ranges[-1][1] + 1:
            ranges[-1][1] = mark
        else:
            ranges.append([mark, mark])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_SHORT = (
    "Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Capt|Cpl|Sgt|Maj|Rev|Hon|St|Jr|Sr|Messrs|Pres|Fr|Adm|"
    "Inc|Corp|Co|Ltd|Bros|Cie|vs|No|Nos|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Ave|Mt|Ft"
)
"""English abbreviations whose period belongs to the word and does not end a sentence."""

_TOKEN = re.compile(
    rf"""
      (?:https?://|www\.)\S+
    | (?:[^\W\d_]\.){{2,}}                       # U.S., U.N., J.R.R.
    | (?:{_SHORT})\.(?=\s|$)
    | [A-Z]\.(?=\s+[A-Z])                        # an initial
    | \d+(?:[.,:/]\d+)*
    | [\w{_marks()}]+(?:['’]\w[\w{_marks()}]*)*
    | \.\.\.+ | --+
    | \S
    """,
    re.VERBOSE,
)
_CLITIC = re.compile(r"(?<=.)(?:['’](?:s|re|ve|ll|d|m)|n['’]t)$", re.IGNORECASE)
_END = frozenset(".!?…")
_CLOSING = frozenset("\"'”’)]»")
_LONGEST = 120
"""Most tokens of a sentence, for tables and lists without periods."""


def tokens(text: str) -> list[Token]:
    """Split a text into tokens; every character except white space is in exactly one.

    Hyphens are tokens of their own, ``'s`` and ``n't`` are split off, as in the treebanks
    that the tagger is trained on.

    Examples:
        >>> [token.text for token in tokens("Biden's U.S.-led talks didn't end.")]
        ['Biden', "'s", 'U.S.', '-', 'led', 'talks', 'did', "n't", 'end', '.']
    """
    result = []
    for match in _TOKEN.finditer(text):
        word, start, end = match[0], match.start(), match.end()
        clitic = _CLITIC.search(word) if "'" in word or "’" in word else None
        if clitic is None:
            result.append(Token(word, start, end))
        else:
            cut = start + clitic.start()
            result += [Token(text[start:cut], start, cut), Token(text[cut:end], cut, end)]
    return result


def sentences(text: str) -> list[list[Token]]:
    """Split a text into sentences, each a list of tokens with positions in the text.

    A line break ends a sentence; so does a period, question or exclamation
    mark before a capital, a quotation mark or a digit.

    Examples:
        >>> [len(s) for s in sentences("Mr. Biden left. He was late.")]
        [4, 4]
    """
    result: list[list[Token]] = []
    current: list[Token] = []
    cut = tokens(text)
    for index, token in enumerate(cut):
        current.append(token)
        following = cut[index + 1] if index + 1 < len(cut) else None
        if following is None or _ends(text, current, token, following):
            result.append(current)
            current = []
    return result


def _ends(text: str, current: Sequence[Token], token: Token, following: Token) -> bool:
    if "\n" in text[token.end : following.start] or len(current) >= _LONGEST:
        return True
    mark = token.text
    if mark in _CLOSING and len(current) > 1:
        mark = current[-2].text
    elif following.text in _CLOSING and token.end == following.start:
        return False
    if mark not in _END:
        return False
    first = following.text[0]
    return not first.islower() and (first.isalnum() or first in "\"'“‘«(—-•")
