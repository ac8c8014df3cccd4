"""Find the names and times that a page prints near its headline."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from streams.clean.body.boilerplate import SURELY_BOILERPLATE, boilerplate_score
from streams.clean.body.container import STOP
from streams.clean.body.repetition import comparison_key
from streams.clean.body.text_lines import INLINE, TextLine
from streams.clean.candidates import Candidate
from streams.clean.html.page import Page, short_text
from streams.clean.metadata.authors import authors_in
from streams.clean.metadata.dated_line import LineDate, date_of_line, is_change
from streams.clean.metadata.dates import exactness, is_same_time
from streams.clean.metadata.title import title_key
from streams.records.clean import Author, AuthorKind
from streams.text.dates import ParsedDate, parse_date

MAX_BYLINE_CHARACTERS: Final = 200
"""A longer element with the name of a byline is a portrait of the author."""

MAX_TIME_CHARACTERS: Final = 120
"""A longer element with the name of a date is a text."""

MAX_SPACED_CHARACTERS: Final = 2000
"""The same with the white space between tags."""

LINES_BELOW: Final = 6
LINES_ABOVE: Final = 3
"""Position of a line with the date next to the headline: ``Ann Example | 2 March 2026, 9:15``."""

LINES_PAST_TEXT: Final = 3
"""Lines behind the text that may have the date."""

MIN_SENTENCE_WORDS: Final = 3
"""Words beside a time that make the block around it a sentence, if it ends like one."""

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
    " or contains(@property, 'datePublished') or contains(@property, 'dateCreated')"
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
_TIME_PROPERTIES: Final = frozenset(
    {"datePublished", "dateCreated", "dateModified", "pubdate", "uploadDate"}
)
_PAGE_ELEMENTS: Final = frozenset({"html", "body", "main", "article"})
_ELSEWHERE: Final = frozenset({"aside", "footer", "nav"})
_OTHERS: Final = re.compile(
    r"related|recommend|comment|most|popular|latest|teaser|recirc|promo|footer|sidebar|newsletter",
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
    """Yield the publication time that is marked up as a time near the headline.

    A time within a sentence is that of an event, and a text is a time only if it is nothing else.
    """
    parse = partial(parse_date, language=page.language)
    for element in _near_headline(page, _TIMES):
        names = f"{element.get('class', '')} {element.get('itemprop', '')}"
        text = " ".join(short_text(element, MAX_SPACED_CHARACTERS).split())
        if (
            len(text) > MAX_TIME_CHARACTERS
            or _is_in_sentence(element)
            or _is_of_something_else(element)
        ):
            continue
        line = date_of_line(text, parse=parse, is_name=_is_name_or_place, is_near=True)
        if is_change(names) or is_change(text):
            # "2 March 2026 | Updated 3 March 2026" has both dates.
            date = line.date if line and is_change(text) and not line.is_change else None
        else:
            marked = element.get("datetime") or element.get("content") or ""
            date = _more_exact(parse_date(marked, language=page.language), line)
        if date is not None:
            yield Candidate(date, "time", 0.85 if "datePublished" in names else 0.7)
            return


def _more_exact(marked: ParsedDate | None, line: LineDate | None) -> ParsedDate | None:
    """Return the time of an element: its attribute's, or its text's if that is more exact."""
    printed = line.date if line else None
    if marked and printed and is_same_time(marked, printed):
        return max(marked, printed, key=exactness)
    return marked or printed


def byline_days(
    lines: list[TextLine],
    texts: Iterable[str] = (),
    *,
    language: str = "",
    names: Iterable[str] = (),
) -> Iterator[Candidate[ParsedDate]]:
    """Yield the day in a line that is nothing but a date, for pages without a marked-up time.

    Lines next to the headline go before lines within and behind the text; of those, one that says
    "published" goes before a day alone, which must be the only one.

    Args:
        lines: All lines that the page prints, in reading order.
        texts: Paragraphs of the article.
        language: Language that the page declares.
        names: Names of authors and site.
    """
    parse = partial(parse_date, language=language)
    known = {comparison_key(name) for name in names} - {""}

    def is_name(text: str) -> bool:
        return comparison_key(text) in known

    def is_name_near(text: str) -> bool:
        return is_name(text) or is_person_name(text)

    paragraphs = set(texts)
    of_text = [i for i, line in enumerate(lines) if line.text in paragraphs]
    start, end = (of_text[0], of_text[-1] + 1) if of_text else (0, 0)
    at = next((index for index, line in enumerate(lines) if line.tag == "h1"), start)
    near = (*lines[at : at + 1 + LINES_BELOW], *lines[max(0, at - LINES_ABOVE) : at])
    found = [
        date_of_line(line.text, parse=parse, is_name=is_name_near, is_near=True) for line in near
    ]
    best = _first_line_date(found)
    if best is not None:
        yield Candidate(best, "text", 0.6)
        return
    away = [
        date_of_line(line.text, parse=parse, is_name=is_name)
        for line in lines[at : end + LINES_PAST_TEXT]
    ]
    dates = [line for line in away if line is not None]
    labeled = _first_line_date([line for line in dates if line.is_labeled])
    if labeled is not None:
        yield Candidate(labeled, "text", 0.5)
    elif len({line.date.time.date() for line in dates}) == 1:
        yield Candidate(dates[0].date, "text", 0.4)


def _first_line_date(lines: list[LineDate | None]) -> ParsedDate | None:
    """Return the date of the first line, of a line about a change only if there is no other."""
    found = [line for line in lines if line is not None]
    return min(found, key=lambda line: line.is_change).date if found else None


def _is_name_or_place(text: str) -> bool:
    """Return whether a text beside a marked-up time is a name: of a person, or a place alone."""
    return is_person_name(text) or (text.isalpha() and text.istitle())


def _is_in_sentence(element: Element) -> bool:
    """Return whether a time is within a sentence: of a block with more words and no other block."""
    block = next((a for a in element.iterancestors() if a.tag not in INLINE), None)
    if block is None or element.get("itemprop") == "datePublished":
        return False
    if any(child.tag not in INLINE for child in block.iterdescendants("*")):
        return False
    text = " ".join("".join(block.itertext()).split())
    own = " ".join("".join(element.itertext()).split())
    rest = text.replace(own, " ", 1)
    return STOP.search(text) is not None and len(rest.split()) >= MIN_SENTENCE_WORDS


def _is_of_something_else(element: Element) -> bool:
    """Return whether a time has another property than the publication: an event's beginning."""
    properties = element.get("itemprop", "").split()
    return bool(properties) and not any(p in _TIME_PROPERTIES for p in properties)


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
    own = (
        h
        for h in headings[:MAX_ELEMENTS]
        if title_key(short_text(h, MAX_SPACED_CHARACTERS)) in title
    )
    heading = next(own, headings[0] if headings else page.root.find("body"))
    if heading is None:
        return
    below, above = nearest
    around = frozenset(heading.iterancestors())
    in_article = any(a.tag == "article" for a in around)
    for element in (*below(heading), *reversed(above(heading))):
        if in_article and _article_around(element) not in around:
            continue
        if not _is_elsewhere(element):
            yield element


def _article_around(element: Element) -> Element | None:
    return next((a for a in element.iterancestors("article")), None)


def _is_elsewhere(element: Element) -> bool:
    """Return whether an element is in a part of the page about other articles."""
    return any(
        ancestor.tag in _ELSEWHERE
        or _is_about_others(ancestor.get("class") or "")
        or _is_teaser_link(ancestor, element)
        for ancestor in element.iterancestors()
        if ancestor.tag not in _PAGE_ELEMENTS
    )


def _is_teaser_link(link: Element, element: Element) -> bool:
    """Return whether a link around an element has other text too: the headline of its target."""
    if link.tag != "a":
        return False
    return len("".join(link.itertext()).split()) > len("".join(element.itertext()).split()) + 2


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
    if not short_text(element, MAX_SPACED_CHARACTERS):
        return []
    texts = [" ".join(text.split()) for text in element.itertext()]
    is_boilerplate = boilerplate_score(element.get("class") or "") == SURELY_BOILERPLATE
    if is_boilerplate or sum(map(len, texts)) > MAX_BYLINE_CHARACTERS:
        return []
    names = authors_in(texts)
    return [a for a in names if a.kind is AuthorKind.ORGANIZATION or is_person_name(a.name)]
