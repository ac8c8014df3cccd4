"""A parsed page in, what it prints about its article beside the headline out: names and times."""

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
from streams.clean.metadata.title import title_key
from streams.records.clean import Author, AuthorKind
from streams.text.dates import ParsedDate, parse_date

MAX_BYLINE_CHARACTERS: Final = 200
"""A longer element with such a name is a portrait of the author."""

MAX_TIME_CHARACTERS: Final = 120
"""A longer element with such a name is no date but a text."""

LINES_BELOW: Final = 6
LINES_ABOVE: Final = 3
MAX_DATED_LINE: Final = 80
"""Where a line with the date stands, and how long it is: ``Ann Example | 2 March 2026, 9:15``."""

MAX_ELEMENTS: Final = 40
"""How many elements are looked at from the headline on; the byline is among the first five."""

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


def _around(condition: str) -> tuple[etree.XPath, etree.XPath]:
    """Compile what finds the nearest elements below and above another one."""
    near = f"[{condition}][{_PRINTED}][position() <= {MAX_ELEMENTS}]"
    return etree.XPath(f"following::*{near}"), etree.XPath(f"preceding::*{near}")


_BYLINES: Final = _around(_BYLINE)
_TIMES: Final = _around(_TIME)
_HEADINGS: Final = etree.XPath("//h1")
_WHOLE: Final = frozenset({"html", "body", "main", "article"})
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
    """Give who signs the article by what is printed near its headline."""
    found: list[Author] = []
    parent: Element | None = None
    for element in _near_headline(page, _BYLINES):
        if parent is not None and not _is_beside(element, parent):
            break
        people = [author for author in _names_in(element) if author not in found]
        if people:
            found.extend(people)
            parent = parent if parent is not None else element
    if found:
        yield Candidate(tuple(found), "byline", 0.75)


def byline_times(page: Page) -> Iterator[Candidate[ParsedDate]]:
    """Give when the article was published by what is marked up as a time near its headline."""
    month_first = page.language.lower().replace("_", "-") in {"en-us", "en_us"} or None
    for element in _near_headline(page, _TIMES):
        names = f"{element.get('class', '')} {element.get('itemprop', '')}"
        text = " ".join("".join(element.itertext()).split())
        if len(text) > MAX_TIME_CHARACTERS or _CHANGED.search(names) or _CHANGED.search(text):
            continue
        marked = element.get("datetime") or element.get("content") or ""
        moment = parse_date(marked) or parse_date(text, month_first=month_first)
        if moment is not None:
            trust = 0.85 if "datePublished" in names else 0.7
            yield Candidate(moment, "time", trust)
            return


def byline_days(lines: list[TextLine]) -> Iterator[Candidate[ParsedDate]]:
    """Give the day that a short line near the headline says, where nothing marks a time up.

    Args:
        lines: All that the page prints, in reading order.
    """
    at = next((index for index, line in enumerate(lines) if line.tag == "h1"), -1)
    if at < 0:
        return
    for line in (*lines[at + 1 : at + 1 + LINES_BELOW], *lines[max(0, at - LINES_ABOVE) : at]):
        if len(line.text) <= MAX_DATED_LINE and not _CHANGED.search(line.text):
            moment = parse_date(line.text)
            if moment is not None:
                yield Candidate(moment, "text", 0.6)
                return


def is_person_name(text: str) -> bool:
    """Tell whether a text can be the name of one person: two to five words, each with a capital.

    Examples:
        >>> is_person_name("Ann van Example"), is_person_name("Share this"), is_person_name("Ann")
        (True, False, False)
    """
    return _PERSON.fullmatch(text) is not None and not _LABELS.search(text)


def _near_headline(page: Page, around: tuple[etree.XPath, etree.XPath]) -> Iterator[Element]:
    """Give elements by nearness: from the headline down, then from it up."""
    headings = _HEADINGS(page.root)
    said = title_key(page.title)
    own = (h for h in headings if title_key("".join(h.itertext())) in said)
    heading = next(own, headings[0] if headings else page.root.find("body"))
    if heading is None:
        return
    below, above = around
    for element in (*below(heading), *reversed(above(heading))):
        if not _is_elsewhere(element):
            yield element


def _is_elsewhere(element: Element) -> bool:
    """Tell whether an element stands in a part of the page that is about other articles."""
    return any(
        ancestor.tag in _ELSEWHERE or _is_others(ancestor.get("class") or "")
        for ancestor in element.iterancestors()
        if ancestor.tag not in _WHOLE
    )


@lru_cache(maxsize=4096)
def _is_others(names: str) -> bool:
    return _OTHERS.search(names) is not None


def _is_beside(element: Element, other: Element) -> bool:
    """Tell whether two elements are in one byline: one in the other, or of one list."""
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
