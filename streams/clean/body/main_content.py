"""Select the lines of a page that belong to its article, each with its kind."""

from collections import Counter
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.boilerplate import ends_article
from streams.clean.body.container import (
    MAX_LINK_SHARE,
    MIN_RUNNING_CHARACTERS,
    STOP,
    article_lines,
    line_look,
    text_weight,
)
from streams.clean.body.feed_credit import is_feed_credit
from streams.clean.body.known_fields import MIN_BODY_CHARACTERS, KnownFields
from streams.clean.body.repetition import comparison_key
from streams.clean.body.standfirst import mark_standfirst
from streams.clean.body.text_lines import TextLine
from streams.clean.metadata.dated_line import date_of_line
from streams.records.clean import ParagraphKind

MAX_END_CHARACTERS: Final = 60
"""Longest heading that ends an article."""

MIN_BODY_SHARE: Final = 0.6
"""Least share of the lines that the JSON-LD body contains if it is used to judge the others."""

N_FIRST_LINES: Final = 3
"""Lines of the text that may be a line with the date."""

MAX_DATE_CHARACTERS: Final = 60

MIN_LABEL_REPEATS: Final = 3
"""Fewest occurrences of a short line in one article that make it a label."""

MAX_JUDGED_WEIGHT: Final = 100
"""The JSON-LD body judges only lighter lines, since it may omit paragraphs behind a paywall."""

KEY_CHARACTERS: Final = 200
"""Characters of a line's key that are searched for in the JSON-LD body."""

MAX_HEADING_CHARACTERS: Final = 100
"""Longest bold paragraph that is a heading."""

MAX_POINTER_SHARE: Final = 0.9
"""Largest link share of a sentence; a line with more is a teaser."""

_PARAGRAPHS: Final = frozenset({"p", "blockquote", "pre"})
_PARTS: Final = frozenset({"li", "blockquote", "td", "th", "dd", "dt"})
"""Elements whose content is text even if it is short."""


def main_lines(lines: list[TextLine], known: KnownFields) -> tuple[list[TextLine], list[TextLine]]:
    """Find the lines of the article by rules.

    Args:
        lines: All lines of the page, in reading order.
        known: Fields of its head.

    Returns:
        The lines of the text, and those between the headline and its container.
    """
    start = _first_line_below_title(lines, known)
    below = lines[start:]
    n_above, inside = article_lines(below)
    return _select_lines(inside, known), below[:n_above] if start else []


def blocks_of(kept: list[TextLine], above: list[TextLine], known: KnownFields) -> list[Block]:
    """Return the lines of a text as blocks with their kinds, the standfirst above it first.

    Args:
        kept: Lines of the text.
        above: Lines between headline and text.
        known: Fields of the head.
    """
    return mark_standfirst([_block(line) for line in kept], kept, above, known.descriptions)


def _first_line_below_title(lines: list[TextLine], known: KnownFields) -> int:
    """Return where the text can begin: below the headline, unless most of the text is above it."""
    keys = {comparison_key(title) for title in known.titles} - {""}
    total = sum(map(text_weight, lines))
    before = 0.0
    best = 0
    for index, line in enumerate(lines):
        before += text_weight(line)
        is_title = line.tag == "h1" or comparison_key(line.text) in keys
        if is_title and before <= total / 2:
            best = index + 1
            if line.tag == "h1" and comparison_key(line.text) in keys:
                return best
    return best


def _select_lines(lines: list[TextLine], known: KnownFields) -> list[TextLine]:
    """Return the lines of a container that belong to the article."""
    ignored = {comparison_key(text) for text in (*known.titles, *known.names)} | {""}
    ignored |= {comparison_key(text) for text in _labels(lines)}
    json_ld_key = _json_ld_key(lines, known.body)
    kept: list[TextLine] = []
    for line in lines[: _end(lines)]:
        key = comparison_key(line.text)
        if key in ignored or not _is_content(line):
            continue
        if len(kept) < N_FIRST_LINES and is_date(line.text):
            continue
        short = text_weight(line) < MAX_JUDGED_WEIGHT and not is_heading(line)
        if json_ld_key and short and key[:KEY_CHARACTERS] not in json_ld_key:
            continue
        kept.append(line)
    return trimmed_lines(kept, known)


def trimmed_lines(lines: list[TextLine], known: KnownFields) -> list[TextLine]:
    """Return the lines of a text without feed credits and headings at its end."""
    kept = list(lines)
    while kept and is_feed_credit(kept[-1].parent, url=known.url):
        kept.pop()
    return _without_trailing_headings(kept)


def is_date(text: str) -> bool:
    """Return whether a line contains only a day and time.

    Examples:
        >>> is_date("2 March 2026, 9:15"), is_date("May 2")
        (True, False)
    """
    return len(text) <= MAX_DATE_CHARACTERS and date_of_line(text) is not None


def _labels(lines: list[TextLine]) -> set[str]:
    """Return short lines that occur repeatedly: "New section", "Advertisement"."""
    counts = Counter(line.text for line in lines if len(line.text) <= MAX_END_CHARACTERS)
    return {text for text, n in counts.items() if n >= MIN_LABEL_REPEATS}


def _json_ld_key(lines: list[TextLine], body: str) -> str:
    """Return the comparison key of the JSON-LD body if it has the text of these lines, else ""."""
    json_ld_key = comparison_key(body) if len(body) >= MIN_BODY_CHARACTERS else ""
    running = [line for line in lines if text_weight(line)]
    n_found = (
        sum(comparison_key(line.text)[:KEY_CHARACTERS] in json_ld_key for line in running)
        if json_ld_key
        else 0
    )
    return json_ld_key if n_found >= MIN_BODY_SHARE * len(running) else ""


def _end(lines: list[TextLine]) -> int:
    """Return the index of the line that ends the article: a heading such as "Related stories".

    If paragraphs of the same style follow the heading, it belongs to a box
    within the article and does not end it.
    """
    total = sum(map(text_weight, lines))
    seen = 0.0
    styles: set[str] = set()
    for index, line in enumerate(lines):
        if seen > total / 3 and len(line.text) <= MAX_END_CHARACTERS and ends_article(line.text):
            rest = {line_look(other) for other in lines[index:] if text_weight(other)}
            if not rest & styles:
                return index
        if text_weight(line):
            seen += text_weight(line)
            styles.add(line_look(line))
    return len(lines)


def _is_content(line: TextLine) -> bool:
    """Return whether a line is content, not a label, pointer or credit."""
    if line.leads_away:
        return False
    sentence = STOP.search(line.text) is not None
    if line.link_share > MAX_LINK_SHARE:
        return line.link_share < MAX_POINTER_SHARE and line.tag == "p" and sentence
    if is_heading(line):
        return True
    long = len(line.text) >= MIN_RUNNING_CHARACTERS
    if "form" in line.within and not long:
        return False
    # Text outside of a paragraph is a label unless it is a sentence.
    return long or sentence or line.tag in _PARAGRAPHS or not _PARTS.isdisjoint(line.within)


def is_heading(line: TextLine) -> bool:
    """Return whether a line is a heading, by its element or as a short bold paragraph."""
    if line.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        return True
    bold = line.strong >= MAX_POINTER_SHARE * len(line.text)
    return (
        bold
        and len(line.text) < MAX_HEADING_CHARACTERS
        and not STOP.search(line.text)
        and line.tag in {"p", "div"}
    )


def _without_trailing_headings(lines: list[TextLine]) -> list[TextLine]:
    """Return the lines without headings that have no text below them."""
    kept: list[TextLine] = []
    for line in reversed(lines):
        if is_heading(line) and (not kept or (line.tag == "h1" and not text_weight(kept[-1]))):
            continue
        kept.append(line)
    return kept[::-1]


def _block(line: TextLine) -> Block:
    if is_heading(line):
        return Block(line.text, ParagraphKind.HEADING)
    if "blockquote" in line.within:
        return Block(line.text, ParagraphKind.QUOTE)
    if "li" in line.within:
        return Block(line.text, ParagraphKind.LIST_ITEM)
    return Block(line.text)
