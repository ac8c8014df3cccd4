"""The lines of a page in, those of its article out, each with its kind."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.boilerplate import ends_article, leads_away
from streams.clean.body.container import (
    MAX_LINK_SHARE,
    MIN_RUNNING_CHARACTERS,
    STOP,
    article_lines,
    line_look,
    text_weight,
)
from streams.clean.body.repetition import comparison_key
from streams.clean.body.standfirst import mark_standfirst
from streams.clean.body.text_lines import TextLine
from streams.records.clean import ParagraphKind
from streams.text.dates import parse_date

MAX_END_CHARACTERS: Final = 60
"""The heading over what comes after an article is no longer."""

MIN_BODY_SHARE: Final = 0.6
"""Share of the lines that must stand in the JSON-LD body for it to judge the others."""

N_FIRST_LINES: Final = 3
"""Where the line with the date stands, if it stands in the text."""

MAX_DATE_CHARACTERS: Final = 60
MAX_DATE_WORDS: Final = 8
"""``Published on Monday, 2 March 2026 at 9:15 am``; a sentence with a date has more."""

MIN_LABEL_REPEATS: Final = 3
"""How often a short line comes in one article to be a label."""

MAX_JUDGED_WEIGHT: Final = 100
"""The JSON-LD body judges only shorter lines: it leaves out whole paragraphs behind a paywall."""

KEY_CHARACTERS: Final = 200
"""How much of a line is looked for in it."""

MAX_HEADING_CHARACTERS: Final = 100
"""A bold line of a paragraph's own is a heading up to here."""

MAX_POINTER_SHARE: Final = 0.9
"""A sentence may be mostly link; with more it is a teaser."""

MIN_BODY_CHARACTERS: Final = 400
"""A shorter ``articleBody`` is a teaser."""

_PARAGRAPHS: Final = frozenset({"p", "blockquote", "pre"})
_PARTS: Final = frozenset({"li", "blockquote", "td", "th", "dd", "dt"})
"""Elements whose content is text also where it is short."""


@dataclass(frozen=True, slots=True)
class KnownFields:
    """What the rest of the page says about the text.

    Attributes:
        titles: Headlines, to leave out of the text.
        body: The JSON-LD ``articleBody``; empty if none.
        descriptions: Teasers: where one stands in the page, that is the standfirst.
        names: Authors, agencies and site, to leave out where they stand alone.
    """

    titles: tuple[str, ...] = ()
    body: str = ""
    descriptions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def main_blocks(lines: list[TextLine], known: KnownFields) -> list[Block]:
    """Find the lines of the article and say what each is.

    Args:
        lines: All of the page, in reading order.
        known: What its head says.
    """
    start = _below_title(lines, known)
    below = lines[start:]
    n_above, inside = article_lines(below)
    kept = _article(inside, known)
    blocks = [_block(line) for line in kept]
    above = below[:n_above] if start else []
    return mark_standfirst(blocks, kept, above, known.descriptions)


def _below_title(lines: list[TextLine], known: KnownFields) -> int:
    """Say where the text can begin: below the headline, unless most of the text is above it."""
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


def _article(lines: list[TextLine], known: KnownFields) -> list[TextLine]:
    """Leave out what is not of the article among the lines of its container."""
    beside = {comparison_key(text) for text in (*known.titles, *known.names)} | {""}
    beside |= {comparison_key(text) for text in _labels(lines)}
    told = _told(lines, known.body)
    kept: list[TextLine] = []
    for line in lines[: _end(lines)]:
        key = comparison_key(line.text)
        if key in beside or not _is_content(line):
            continue
        if len(kept) < N_FIRST_LINES and _is_date(line.text):
            continue
        short = text_weight(line) < MAX_JUDGED_WEIGHT and not _is_heading(line)
        if told and short and key[:KEY_CHARACTERS] not in told:
            continue
        kept.append(line)
    return _without_loose_headings(kept)


def _is_date(text: str) -> bool:
    """Tell whether a line says nothing but a day and time."""
    short = len(text) <= MAX_DATE_CHARACTERS and len(text.split()) <= MAX_DATE_WORDS
    return short and parse_date(text) is not None


def _labels(lines: list[TextLine]) -> set[str]:
    """Find short lines that come again and again: "New section", "Advertisement"."""
    counts = Counter(line.text for line in lines if len(line.text) <= MAX_END_CHARACTERS)
    return {text for text, n in counts.items() if n >= MIN_LABEL_REPEATS}


def _told(lines: list[TextLine], body: str) -> str:
    """Give the key of the JSON-LD body where it is the text of these lines, else nothing."""
    told = comparison_key(body) if len(body) >= MIN_BODY_CHARACTERS else ""
    running = [line for line in lines if text_weight(line)]
    n_found = (
        sum(comparison_key(line.text)[:KEY_CHARACTERS] in told for line in running) if told else 0
    )
    return told if n_found >= MIN_BODY_SHARE * len(running) else ""


def _end(lines: list[TextLine]) -> int:
    """Say before which line the article ends: a heading such as "Related stories".

    Where paragraphs of the same look go on below it, it stands over a box
    within the article.
    """
    total = sum(map(text_weight, lines))
    done = 0.0
    styles: set[str] = set()
    for index, line in enumerate(lines):
        if done > total / 3 and len(line.text) <= MAX_END_CHARACTERS and ends_article(line.text):
            rest = {line_look(other) for other in lines[index:] if text_weight(other)}
            if not rest & styles:
                return index
        if text_weight(line):
            done += text_weight(line)
            styles.add(line_look(line))
    return len(lines)


def _is_content(line: TextLine) -> bool:
    """Tell a line of an article from a label, pointer or credit."""
    if leads_away(line.text):
        return False
    sentence = STOP.search(line.text) is not None
    if line.link_share > MAX_LINK_SHARE:
        return line.link_share < MAX_POINTER_SHARE and line.tag == "p" and sentence
    if _is_heading(line):
        return True
    long = len(line.text) >= MIN_RUNNING_CHARACTERS
    if "form" in line.within and not long:
        return False
    # Text that stands in no paragraph is a label unless it is a sentence.
    return long or sentence or line.tag in _PARAGRAPHS or not _PARTS.isdisjoint(line.within)


def _is_heading(line: TextLine) -> bool:
    if line.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        return True
    bold = line.strong >= MAX_POINTER_SHARE * len(line.text)
    return (
        bold
        and len(line.text) < MAX_HEADING_CHARACTERS
        and not STOP.search(line.text)
        and line.tag in {"p", "div"}
    )


def _without_loose_headings(lines: list[TextLine]) -> list[TextLine]:
    """Leave out headings with nothing below them."""
    kept: list[TextLine] = []
    for line in reversed(lines):
        if _is_heading(line) and (not kept or (line.tag == "h1" and not text_weight(kept[-1]))):
            continue
        kept.append(line)
    return kept[::-1]


def _block(line: TextLine) -> Block:
    if _is_heading(line):
        return Block(line.text, ParagraphKind.HEADING)
    if "blockquote" in line.within:
        return Block(line.text, ParagraphKind.QUOTE)
    if "li" in line.within:
        return Block(line.text, ParagraphKind.LIST_ITEM)
    return Block(line.text)
