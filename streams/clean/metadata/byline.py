"""Find the names and times that a page prints near its headline."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from streams.clean.body.boilerplate import SURELY_BOILERPLATE, boilerplate_score
from streams.clean.body.text_lines import TextLine
from streams.clean.candidates import Candidate
from streams.clean.html.page import Page
from streams.clean.metadata.authors import authors_in
from streams.clean.metadata.dates import exactness, is_same_time
from streams.clean.metadata.title import title_key
from streams.records.clean import Author, AuthorKind
from streams.text.dates import ParsedDate, parse_date

MAX_BYLINE_CHARACTERS: Final = 200
"""A longer element with the name of a byline is a portrait of the author."""

MAX_TIME_CHARACTERS: Final = 120
"""A longer element with the name of a date is a text."""

LINES_BELOW: Final = 6
LINES_ABOVE: Final = 3
MAX_DATED_LINE: Final = 80
"""Position and length of a line with the date: ``Ann Example | 2 March 2026, 9:15``."""

MAX_ELEMENTS: Final = 40
"""Elements searched in each direction from the headline; the byline is among the first five."""

_BYLINE: Final = (
    "@rel='author' or contains(@itemprop, 'author') or contains(@class, 'uthor')"
    " or contains(@class, 'yline') or contains(@class, 'autor') or contains(@class, 'Autor')"
    " or contains(@class, 'auteur') or contains(@class, 'redakt') or contains(@class, 'writer')"
    " or contains(@class, 'journalist') or contains(@class, 'firma')"
    " or contains(@href, '/autor') or contains(@href, '/author') or contains(@href, '/profile/')"
    " or contains(@href, '/auteur') or contains(@href, '/journalist')"
    " or starts-with(@href, 'mailto:')"
)
_TIME: Final = (
    "self::time or contains(@itemprop, 'datePublished') or contains(@class, 'date')"
    " or contains(@class, 'Date') or contains(@class, 'publish') or contains(@class, 'time')"
    " or contains(@class, 'posted') or contains(@class, 'fecha') or contains(@class, 'datum')"
    " or contains(@class, 'tarih')"
    " or contains(@class, 'stamp')"
)
_PRINTED: Final = "not(self::meta or self::link or self::script)"


def _nearest(condition: str) -> tuple[etree.XPath, etree.XPath]:
    """Compile expressions for the nearest elements below and above another one."""
    near = f"[{condition}][{_PRINTED}][position() <= {MAX_ELEMENTS}]"
    return etree.XPath(f"following::*{near}"), etree.XPath(f"preceding::*{near}")


_BYLINES: Final = _nearest(_BYLINE)
_TIMES: Final = _nearest(_TIME)
_HEADINGS: Final = etree.XPath("//h1")
_PAGE_ELEMENTS: Final = frozenset({"html", "body", "main", "article"})
_ELSEWHERE: Final = frozenset({"aside", "footer", "nav"})
_OTHERS: Final = re.compile(
    r"related|recommend|comment|most|popular|latest|teaser|recirc|promo|footer|sidebar|newsletter",
    re.IGNORECASE,
)
_CHANGED: Final = re.compile(
    r"modif|updat|aktualis|actualiz|mis à jour|edited|changed|upd\b|oppdatert|güncelle",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]*|d[aeiou]s?|v[ao]n|der|den|la|le|bin|al|el|ter|ten|zu|zur)"
    r"(?:\s+(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]*|d[aeiou]s?|v[ao]n|der|den|la|le|bin|al|el|ter|ten|zu|zur|e)){1,4}"
)
_LABELS: Final = re.compile(
    r"\b(?:min|minutes?|read|uhr|posted|published|updated|share|follow|comments?|email|view|more|all|"
    r"articles?|by|from|january|february|march|april|june|july|august|september|october|november|"
    r"december|photo|image|contributor|editor|reporter|subscribe|sign|log)\b",
    re.IGNORECASE,
)


def byline_authors(page: Page) -> Iterator[Candidate[tuple[Author, ...]]]:
    """Yield the authors that are printed near the headline."""
    authors: list[Author] = []
    parent: Element | None = None
    for element in _near_headline(page, _BYLINES):
        if parent is not None and not _is_same_byline(element, parent):
            break
        people = [author for author in _names_in(element) if author not in authors]
        if people:
            authors.extend(people)
            parent = parent if parent is not None else element
    if authors:
        yield Candidate(tuple(authors), "byline", 0.75)


def byline_times(page: Page) -> Iterator[Candidate[ParsedDate]]:
    """Yield the publication time that is marked up as a time near the headline."""
    for element in _near_headline(page, _TIMES):
        names = f"{element.get('class', '')} {element.get('itemprop', '')}"
        text = " ".join("".join(element.itertext()).split())
        if len(text) > MAX_TIME_CHARACTERS or _CHANGED.search(names) or _CHANGED.search(text):
            continue
        marked = element.get("datetime") or element.get("content") or ""
        date = _marked_date(marked, text, page.language)
        if date is not None:
            trust = 0.85 if "datePublished" in names else 0.7
            yield Candidate(date, "time", trust)
            return


def _marked_date(marked: str, text: str, language: str) -> ParsedDate | None:
    """Return the time of an element: its attribute's, or its text's if that is more exact."""
    dates = [parse_date(spelled, language=language) for spelled in (marked, text)]
    if dates[0] and dates[1] and is_same_time(dates[0], dates[1]):
        return max(dates[0], dates[1], key=exactness)
    return dates[0] or dates[1]


def byline_days(lines: list[TextLine], language: str = "") -> Iterator[Candidate[ParsedDate]]:
    """Yield the day in a short line near the headline, for pages without a marked-up time.

    Args:
        lines: All lines that the page prints, in reading order.
        language: Language that the page declares, as a tag; empty if none.
    """
    at = next((index for index, line in enumerate(lines) if line.tag == "h1"), -1)
    if at < 0:
        return
    for line in (*lines[at + 1 : at + 1 + LINES_BELOW], *lines[max(0, at - LINES_ABOVE) : at]):
        if len(line.text) <= MAX_DATED_LINE and not _CHANGED.search(line.text):
            date = parse_date(line.text, language=language)
            if date is not None:
                yield Candidate(date, "text", 0.6)
                return


def is_person_name(text: str) -> bool:
    """Return whether a text can be the name of one person: two to five capitalized words.

    Examples:
        >>> is_person_name("Ann van Example"), is_person_name("Share this"), is_person_name("Ann")
        (True, False, False)
    """
    return _PERSON.fullmatch(text) is not None and not _LABELS.search(text)


def _near_headline(page: Page, nearest: tuple[etree.XPath, etree.XPath]) -> Iterator[Element]:
    """Yield elements by distance: from the headline down, then from the headline up."""
    headings = _HEADINGS(page.root)
    title = title_key(page.title)
    own = (h for h in headings if title_key("".join(h.itertext())) in title)
    heading = next(own, headings[0] if headings else page.root.find("body"))
    if heading is None:
        return
    below, above = nearest
    for element in (*below(heading), *reversed(above(heading))):
        if not _is_elsewhere(element):
            yield element


def _is_elsewhere(element: Element) -> bool:
    """Return whether an element is in a part of the page about other articles."""
    return any(
        ancestor.tag in _ELSEWHERE or _is_about_others(ancestor.get("class") or "")
        for ancestor in element.iterancestors()
        if ancestor.tag not in _PAGE_ELEMENTS
    )


@lru_cache(maxsize=4096)
def _is_about_others(names: str) -> bool:
    return _OTHERS.search(names) is not None


def _is_same_byline(element: Element, other: Element) -> bool:
    """Return whether two elements are in one byline: nested, or items of one list."""
    if other in element.iterancestors() or element in other.iterancestors():
        return True
    mine = [element, *list(element.iterancestors())[:3]]
    return any(ancestor in mine for ancestor in list(other.iterancestors())[:3])


def _names_in(element: Element) -> list[Author]:
    texts = [" ".join(text.split()) for text in element.itertext()]
    is_boilerplate = boilerplate_score(element.get("class") or "") == SURELY_BOILERPLATE
    if is_boilerplate or sum(map(len, texts)) > MAX_BYLINE_CHARACTERS:
        return []
    names = authors_in(texts)
    return [a for a in names if a.kind is AuthorKind.ORGANIZATION or is_person_name(a.name)]
