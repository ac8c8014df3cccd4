"""Lines of a plain text in, its paragraphs out, however their ends were marked."""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

MAX_WRAP_WIDTH: Final = 130
"""Nobody wraps later; where lines are longer, each is a paragraph."""

MIN_WRAP_WIDTH: Final = 30
"""Nobody wraps earlier: these are lines of a table or verse."""

MIN_WRAPPED_SHARE: Final = 0.6
"""Share of line breaks that a margin must explain. Of 21,578 newswire items with a hard margin

all but tables lie above .8, texts with a paragraph a line below .3 (2026-11-22).
"""

MAX_STOPPED_SHARE: Final = 0.7
"""Share of lines with a full stop at their end above which each is a paragraph of its own."""

MIN_INDENT: Final = 2
"""Spaces that mark a paragraph's first line; one is an accident."""

_DATELINE: Final = re.compile(r"[^\W\d_a-z].{2,58}[\s\d][-–—]{1,2}")
"""``SALVADOR, Feb 26 -`` on a line of its own: the first paragraph goes on below it."""

_STOPS: Final = re.compile(r"[.!?…。][\"”’»)\]]*$")
_TABLE_GAP: Final = re.compile(r"\S {2,}\S")
_BREAK_HYPHEN: Final = re.compile(r"([^\W\d_]{2,})-$")
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
"""First parts of English compounds, whose hyphen stays at a line's end."""


def split_paragraphs(text: str) -> list[str]:
    r"""Cut a plain text into paragraphs, each on one line.

    Knows three marks, alone or together: blank lines, indented first lines,
    and lines that are paragraphs. Lines that were broken at a margin are
    joined again, words that were broken there, too; lines of tables stay.

    Args:
        text: Characters as `clean_characters` gives them.

    Examples:
        >>> split_paragraphs("One.\nTwo.")
        ['One.', 'Two.']
    """
    lines = _dated([line.rstrip() for line in text.split("\n")])
    margin = _margin(lines)
    words = Counter(_LOWER_WORD.findall(text.lower())) if margin else Counter()
    base = min((_indent(line) for line in lines if line), default=0)
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        joins = bool(previous) and bool(line) and margin > 0
        if joins and _continues(previous, line, margin=margin, base=base):
            paragraphs[-1] = _joined(paragraphs[-1], line.strip(), words)
        elif line.strip():
            paragraphs.append(line.strip())
        previous = line
    return paragraphs


def _dated(lines: list[str]) -> list[str]:
    """Put a dateline on the line that it begins: its width belongs to that one."""
    first = next((index for index, line in enumerate(lines) if line), len(lines))
    if first + 1 < len(lines) and lines[first + 1] and _DATELINE.fullmatch(lines[first].strip()):
        joined = f"{lines[first].strip()} {lines[first + 1].lstrip()}"
        return [joined, *lines[first + 2 :]]
    return lines


def is_bullet(line: str) -> bool:
    """Tell whether a line begins with a mark that nothing but a list has.

    Examples:
        >>> is_bullet("• One"), is_bullet("– One")
        (True, False)
    """
    return _SURE_BULLET.match(line) is not None


def is_perhaps_bullet(line: str) -> bool:
    """Tell whether a line begins with what may be a list's mark, or a dash of dialogue.

    Examples:
        >>> is_perhaps_bullet("- One"), is_perhaps_bullet("-5 degrees")
        (True, False)
    """
    return _BULLET.match(line) is not None


def without_bullet(line: str) -> str:
    """Take a list's mark from the beginning of a line.

    Examples:
        >>> without_bullet("  • One")
        'One'
    """
    return _BULLET.sub("", line, count=1)


def _margin(lines: list[str]) -> int:
    """Say at which width lines were broken; 0 if each line is a paragraph.

    A break at a margin is one where the next line's first word would not have
    fitted any more.
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
    """Tell whether the next line's first word would not have fitted; with some slack."""
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
    # Below a dateline, which took a part of the first line's width.
    return previous[-1].isalnum() and line.lstrip()[0].islower()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _joined(paragraph: str, line: str, words: Counter[str]) -> str:
    """Join a line to its paragraph; a word broken at the margin becomes whole.

    The hyphen stays where the first half is a word of its own in this text.
    """
    match = _BREAK_HYPHEN.search(paragraph)
    if match is None or not line[:1].islower():
        return paragraph + line if match else f"{paragraph} {line}"
    half = match[1].lower()
    if half in _NUMBERS or words[half] > 1:
        return paragraph + line
    return paragraph[:-1] + line
