"""Split a plain text into paragraphs, which may be marked in several ways."""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

MAX_WRAP_WIDTH: Final = 130
"""Widest margin; in a text with longer lines each line is a paragraph."""

MIN_WRAP_WIDTH: Final = 30
"""Narrowest margin; shorter lines are those of a table or verse."""

MIN_WRAPPED_SHARE: Final = 0.6
"""Least share of line breaks that a margin explains.

Of 21,578 newswire items with a hard margin all but tables are above .8, texts with one paragraph
per line below .3 (2026-11-22).
"""

MAX_STOPPED_SHARE: Final = 0.7
"""Share of lines that end with a period at which each line is a paragraph of its own."""

MIN_INDENT: Final = 2
"""Fewest spaces that mark a paragraph's first line; one space is an accident."""

_DATELINE: Final = re.compile(r"[^\W\d_a-z].{2,58}[\s\d][-–—]{1,2}")
"""``SALVADOR, Feb 26 -`` on a line of its own: the first paragraph continues below it."""

_STOPS: Final = re.compile(r"[.!?…。][\"”’»)\]]*$")
_TABLE_GAP: Final = re.compile(r"\S {2,}\S")
_BREAK_HYPHEN: Final = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})-$")
_LOWER_WORD: Final = re.compile(r"[^\W\d_]+")
_BULLET: Final = re.compile(r"^\s*(?:[•●▪■◦‣∙⁃➤►▶✓·]\s*|[-–—*]\s+)(?=\S)")
_SURE_BULLET: Final = re.compile(r"^\s*[•●▪■◦‣∙⁃➤►▶✓]")
# fmt: off
_NUMBERS: Final = frozenset((
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty",
    "thirty", "forty", "fifty", "non", "half", "well", "self", "long", "short", "mid", "co", "ex",
    "pro", "anti", "all",
))
# fmt: on
"""First parts of English compounds, whose hyphen is kept at the end of a line."""


def split_paragraphs(text: str) -> list[str]:
    r"""Split a plain text into paragraphs, each on one line.

    Recognizes three marks, alone or together: blank lines, indented first lines,
    and lines that are paragraphs. Lines and words that were broken at a margin are
    joined; lines of tables are not.

    Args:
        text: Text from `clean_characters`.

    Examples:
        >>> split_paragraphs("One.\nTwo.")
        ['One.', 'Two.']
    """
    lines = _join_dateline([line.rstrip() for line in text.split("\n")])
    margin = _margin(lines)
    words = Counter(_LOWER_WORD.findall(text.lower())) if margin else Counter()
    base = min((_indent(line) for line in lines if line), default=0)
    paragraphs: list[list[str]] = []
    previous = ""
    for line in lines:
        joins = bool(previous) and bool(line) and margin > 0
        if joins and _continues(previous, line, margin=margin, base=base):
            _add_line(paragraphs[-1], line.strip(), words)
        elif line.strip():
            paragraphs.append([line.strip()])
        previous = line
    return ["".join(paragraph) for paragraph in paragraphs]


def _join_dateline(lines: list[str]) -> list[str]:
    """Join a dateline to the line that it begins, since it took a part of its width."""
    first = next((index for index, line in enumerate(lines) if line), len(lines))
    if first + 1 < len(lines) and lines[first + 1] and _DATELINE.fullmatch(lines[first].strip()):
        joined = f"{lines[first].strip()} {lines[first + 1].lstrip()}"
        return [joined, *lines[first + 2 :]]
    return lines


def is_bullet(line: str) -> bool:
    """Return whether a line begins with a mark that only lists have.

    Examples:
        >>> is_bullet("• One"), is_bullet("– One")
        (True, False)
    """
    return _SURE_BULLET.match(line) is not None


def is_perhaps_bullet(line: str) -> bool:
    """Return whether a line begins with a mark of a list, or a dash that may mark dialogue.

    Examples:
        >>> is_perhaps_bullet("- One"), is_perhaps_bullet("-5 degrees")
        (True, False)
    """
    return _BULLET.match(line) is not None


def without_bullet(line: str) -> str:
    """Return a line without a list's mark at its beginning.

    Examples:
        >>> without_bullet("  • One")
        'One'
    """
    return _BULLET.sub("", line, count=1)


def _margin(lines: list[str]) -> int:
    """Return the width at which lines were broken; 0 if each line is a paragraph.

    A break is at a margin if the next line's first word would have exceeded the width.
    """
    pairs = [
        (line, following)
        for line, following in pairwise(lines)
        if line and following and _indent(following) <= _indent(line)
    ]
    width = max((len(line) for line, _ in pairs), default=0)
    if not MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH or max(map(len, lines)) > MAX_WRAP_WIDTH:
        return 0
    if sum(_STOPS.search(line) is not None for line, _ in pairs) >= MAX_STOPPED_SHARE * len(pairs):
        return 0
    explained = sum(_is_full(line, following, width) for line, following in pairs)
    return width if explained >= MIN_WRAPPED_SHARE * len(pairs) else 0


def _is_full(line: str, following: str, width: int) -> bool:
    """Return whether the next line's first word would have exceeded the width, with some slack."""
    first_word = following.split(maxsplit=1)[0]
    slack = max(6, width // 6)
    return len(line) + 1 + len(first_word) > width - slack


def _continues(previous: str, line: str, *, margin: int, base: int) -> bool:
    if _indent(line) >= base + MIN_INDENT and _indent(line) > _indent(previous):
        return False
    if is_perhaps_bullet(line) or _TABLE_GAP.search(line.strip()) or _indent(line) > base:
        return False
    if _TABLE_GAP.search(previous.strip()):
        return False
    if previous.endswith((" -", " --", ",")) or _is_full(previous, line, margin):
        return True
    # A line below a dateline, which took a part of the first line's width.
    return previous[-1].isalnum() and line.lstrip()[0].islower()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _add_line(paragraph: list[str], line: str, words: Counter[str]) -> None:
    """Append a line to the lines of its paragraph, and join a word broken at the margin.

    The hyphen is kept if the first half is a word of its own in this text.
    """
    match = _BREAK_HYPHEN.search(paragraph[-1])
    if match is None:
        paragraph.append(" ")
    elif line[:1].islower():
        half = match[1].lower()
        if half not in _NUMBERS and words[half] <= 1:
            paragraph[-1] = paragraph[-1][:-1]
    paragraph.append(line)
