"""Parse a plain text (wire copy, a saved page, a feed's full text) to its title and blocks."""

import re
from dataclasses import dataclass, field
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.repetition import comparison_key, remove_repetition
from streams.clean.metadata.agency import agency_in_dateline, agency_signing
from streams.clean.metadata.title import same_title, title_key, title_suffix, without_site
from streams.clean.plain_text.paragraphs import (
    is_bullet,
    is_perhaps_bullet,
    split_paragraphs,
    without_bullet,
)
from streams.records.clean import ParagraphKind
from streams.text.characters import clean_characters, clean_line, without_entities

MAX_HEAD_PARAGRAPHS: Final = 6
"""Most lines of a saved page's head: site, title, title again, kicker, byline, date."""

MAX_TITLE_CHARACTERS: Final = 250
"""A longer line is running text without a period; the longest of 21,578 wire titles has 110."""

MAX_HEADING_WORDS: Final = 12
MAX_SITE_WORDS: Final = 6
"""Most words of a site's name."""

_SENTENCE_END: Final = re.compile(r"[.!…。！;,][\"”’»)\]]*$|[?][\"”»)\]]*\s*$")
_HARD_END: Final = re.compile(r"[.!…。！][\"”’»)\]]*$")
_PLACEHOLDER: Final = re.compile(
    r"(?:\W*\bblah\b)+\W*|(?:n/?a|none|null|tbd|lorem ipsum\b.*|no (?:content|text|body))\W*",
    re.IGNORECASE | re.DOTALL,
)
"""Bodies without content: Reuters-21578 has 233 of "******Blah blah blah."."""

_CONTINUED: Final = re.compile(r"\W*(?:more|mehr|à suivre)\W*", re.IGNORECASE)
_BYLINE: Final = re.compile(
    r"(?:By|BY|Von|VON|Par|Por|Di|Door|Autor:|Author:)\s+(?P<names>[^\W\d_a-z][^.!?:;\d]{2,80})"
)
_SITE_WORD: Final = re.compile(
    r"\b(?:news|times|post|daily|herald|journal|tribune|gazette|press|today|online|world|mail|"
    r"zeitung|nachrichten|anzeiger|presse|monde|figaro|diario|país|noticias|corriere|giornale|"
    r"telegraph|guardian|independent|observer|chronicle|standard|express|review|report|"
    r"tv|radio|media|magazine)\b|\.\w{2,4}$",
    re.IGNORECASE,
)
_BOILERPLATE: Final = re.compile(
    r"\(?(?:this (?:story|report|article|news item) (?:has not been|was not|is) (?:edited|auto|"
    r"published)|except for the headline|with (?:inputs?|agency inputs)\b|"
    r"\(?(?:additional )?(?:reporting|writing) by [^.]+?;|editing by |our standards: |"
    r"©|\(c\) |copyright\b|all rights reserved|(?:read|see|watch) (?:also|more)\b ?:|"
    r"(?:sign|subscribe) (?:up|to) (?:for|our)\b|follow us on|share this|click here|"
    r"first published|source:)",
    re.IGNORECASE,
)
"""Beginnings of lines about the article, which are not part of it.

Collected from the end of syndicated stories at Indian, British and American sites; not measured.
"""

_INLINE_BULLETS: Final = re.compile(r"\s{1,9}[•●▪■‣]\s{1,9}")


@dataclass(frozen=True, slots=True)
class PlainText:
    """The parts of a plain text.

    Attributes:
        title: Headline; empty if it is not in the text.
        site_name: Name of the site; empty if it is not in the text.
        blocks: Everything else that belongs to the article.
        agency: Agency of a sign-off or dateline; empty if none.
        agency_source: ``sign-off`` or ``dateline``.
        authors: Names of a byline between title and text.
        head: Lines between title and text that may contain a date or a section.
    """

    title: str = ""
    site_name: str = ""
    blocks: tuple[Block, ...] = ()
    agency: str = ""
    agency_source: str = ""
    authors: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


@dataclass(slots=True)
class _Head:
    """The lines before the text, and the rest, while they are parsed."""

    title: str = ""
    site_name: str = ""
    authors: tuple[str, ...] = ()
    head: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def parse_plain_text(text: str, *, title: str = "") -> PlainText:
    r"""Parse an article from plain text of any program.

    Args:
        text: Any text.
        title: Headline from another source, which is removed from the text; empty to find it in
            the text.

    Examples:
        >>> reading = parse_plain_text("Rain ends\n\nRain ended on Monday. ANI")
        >>> reading.title, reading.agency, reading.blocks[0].text
        ('Rain ends', 'ANI', 'Rain ended on Monday.')
    """
    lines = split_paragraphs(clean_characters(without_entities(text)))
    if _PLACEHOLDER.fullmatch(" ".join(lines)):
        return PlainText()
    head = _head_of_known_title(lines, clean_line(title)) if title else _find_head(lines)
    rest, agency = _without_sign_offs(head.rest)
    source = "sign-off" if agency else ""
    if not agency and rest:
        agency = agency_in_dateline(rest[0])
        source = "dateline" if agency else ""
    return PlainText(
        title=head.title,
        site_name=head.site_name,
        blocks=tuple(_blocks(remove_repetition(rest))),
        agency=agency,
        agency_source=source,
        authors=head.authors,
        head=tuple(head.head),
    )


def _is_headline(line: str) -> bool:
    if len(line) > MAX_TITLE_CHARACTERS or _HARD_END.search(line) or is_bullet(line):
        return False
    return not agency_signing(line)[1]


def _head_of_known_title(lines: list[str], title: str) -> _Head:
    """Remove the known title and the lines before it from the beginning of the text."""
    for index, line in enumerate(lines[:MAX_HEAD_PARAGRAPHS]):
        if same_title(line, title):
            before = [other for other in lines[:index] if _is_headline(other)]
            site = _site_among(before, title=line)
            rest = [other for other in lines[:index] if other not in before] + lines[index + 1 :]
            head = _Head(title=title, site_name=site, rest=rest)
            return _below_title(head)
    return _below_title(_Head(title=title, rest=list(lines)))


def _find_head(lines: list[str]) -> _Head:
    """Find the title among the lines before the first line of running text."""
    leading: list[str] = []
    for line in lines[:MAX_HEAD_PARAGRAPHS]:
        if not _is_headline(line):
            break
        leading.append(line)
    return _split_head(leading, lines) if leading else _Head(rest=list(lines))


def _split_head(leading: list[str], lines: list[str]) -> _Head:
    index = _title_index(leading)
    twins = [line for line in leading if same_title(line, leading[index])]
    repeated = len(twins) > 1
    site = _site_among(leading[:index], title=leading[index], repeated=repeated)
    kickers = [line for line in leading[:index] if line != site]
    shortest = min(twins, key=lambda line: len(title_key(line)), default=leading[index])
    suffixes = [title_suffix(line, shortest) for line in twins]
    names = [name for name in (site, *suffixes) if name]
    title = without_site(leading[index], names)
    head = _Head(title=title, site_name=site, head=kickers, rest=lines[index + 1 :])
    return _below_title(head)


def _title_index(leading: list[str]) -> int:
    """Return the index of the title: the first repeated leading line, else the first long one."""
    for index, line in enumerate(leading):
        if any(same_title(line, other) for other in leading[index + 1 :]):
            return index
    longer = len(leading) > 1 and len(leading[0].split()) <= MAX_SITE_WORDS
    if longer and len(leading[1].split()) > len(leading[0].split()):
        return 1 if _site_among(leading[:1], title=leading[1]) else 0
    return 0


def _site_among(before: list[str], *, title: str, repeated: bool = False) -> str:
    """Return the site's name: a short line above the title with a typical word, or its suffix.

    A single line above a repeated title needs no other evidence, since only
    saved pages have one.
    """
    for line in before:
        if len(line.split()) > MAX_SITE_WORDS:
            continue
        if _SITE_WORD.search(line) or without_site(title, [line]) != title:
            return line
    alone = len(before) == 1 and len(before[0].split()) <= MAX_SITE_WORDS
    return before[0] if repeated and alone else ""


def _below_title(head: _Head) -> _Head:
    """Remove repetitions of the title, bylines and short lines such as dates below it."""
    authors = list(head.authors)
    first = 0
    for line in head.rest:
        byline = _BYLINE.fullmatch(line)
        if same_title(line, head.title) or (head.site_name and line == head.site_name):
            pass
        elif byline:
            authors += _names(byline["names"])
        elif any(character.isdigit() for character in line) and _looks_dated(line):
            head.head.append(line)
        else:
            break
        first += 1
    head.authors = tuple(authors)
    head.rest = head.rest[first:]
    return head


_DATED: Final = re.compile(
    r"(?:(?:published|posted|updated|last updated|publié|veröffentlicht|stand|date)\b.{0,60}\d.*"
    r"|\W*(?:\w+,? )?\d{1,2}\.? ?\w{3,10}\.?,? \d{4}\b.{0,30}|\w{3,10}\.? \d{1,2},? \d{4}\b.{0,30}"
    r"|\d{4}-\d\d-\d\d\b.{0,20}|\d{1,2}[./]\d{1,2}[./]\d{2,4}\b.{0,20})",
    re.IGNORECASE,
)


def _looks_dated(line: str) -> bool:
    return _DATED.fullmatch(line) is not None


def _names(names: str) -> tuple[str, ...]:
    return tuple(
        name.strip() for name in re.split(r",| and | und | et | y | e | & ", names) if name.strip()
    )


def _without_sign_offs(lines: list[str]) -> tuple[list[str], str]:
    """Remove agencies' sign-offs and lines about the article; return the rest and the agency."""
    kept: list[str] = []
    agency = ""
    for line in lines:
        rest, signature = agency_signing(line)
        agency = signature or agency
        if not comparison_key(rest) or _BOILERPLATE.match(rest):
            continue
        kept.append(rest)
    while kept and _CONTINUED.fullmatch(kept[-1]):
        kept.pop()
    if kept and not agency:
        kept[-1], agency = agency_signing(kept[-1])
    return kept, agency


def _blocks(paragraphs: list[str]) -> list[Block]:
    """Return paragraphs as blocks with their kinds."""
    lines = [part for line in paragraphs for part in _split_bullets(line)]
    bullets = [_is_item(lines, index) for index in range(len(lines))]
    first_text = next((i for i, bullet in enumerate(bullets) if not bullet), len(lines))
    blocks: list[Block] = []
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if bullets[index]:
            leading = index < first_text < len(lines)
            kind = ParagraphKind.SUMMARY if leading else ParagraphKind.LIST_ITEM
            blocks.append(Block(without_bullet(line), kind))
        elif _is_heading(line, following):
            blocks.append(Block(line, ParagraphKind.HEADING))
        else:
            blocks.append(Block(line))
    return blocks


def _split_bullets(line: str) -> list[str]:
    if not is_bullet(line):
        return [line]
    first, *others = _INLINE_BULLETS.split(line)
    return [first, *(f"• {other}" for other in others)]


def _is_item(lines: list[str], index: int) -> bool:
    """Return whether a line is a list item: a certain mark, or a possible mark next to another."""
    if is_bullet(lines[index]):
        return True
    neighbors = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return is_perhaps_bullet(lines[index]) and any(map(is_perhaps_bullet, neighbors))


def _is_heading(line: str, following: str) -> bool:
    """Return whether a line is short, without end punctuation, and above running text."""
    words = line.split()
    if not following or len(words) > MAX_HEADING_WORDS or _SENTENCE_END.search(line):
        return False
    if line.endswith(":") or not (line[0].isupper() or line[0] in '“"«„¿'):
        return False
    numbers = sum(any(map(str.isdigit, word)) for word in words)
    running = len(following) >= 2 * len(line) and _SENTENCE_END.search(following) is not None
    return running and numbers * 4 <= len(words) and "  " not in line
