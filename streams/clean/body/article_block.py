"""Find the headline in a page's tree, and the block of the page that is its article.

A page that loads further articles as the reader scrolls holds several articles, each with its
headline. The block is the largest part around the page's own headline without another article.
"""

from collections.abc import Iterable
from typing import Final

from lxml.etree import _Element as Element

from streams.clean.body.container import text_weight
from streams.clean.body.repetition import comparison_key
from streams.clean.body.text_lines import TextLine
from streams.clean.html.visibility import is_hidden
from streams.clean.metadata.title import title_key

_LEVELS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}

MAX_HEADINGS: Final = 500
"""Most headings that are compared with the titles; an article's page has up to 200."""


MIN_BRIEF_CHARACTERS: Final = 60
"""Least running text of an article among others: one sentence."""

MIN_ARTICLE_CHARACTERS: Final = 200
"""Least running text of an ``article`` that is not only the head of the next one: a standfirst has
up to 179 on the pages of trafilatura-eval."""

MIN_SHARE_OF_PART_ABOVE: Final = 0.2
"""Least share of a part above the headline; an article much shorter has the wrong headline."""


def headline_element(root: Element, titles: Iterable[str]) -> Element | None:
    """Find the heading that prints one of the page's titles.

    A level-one heading goes before the others, a visible one before a hidden one.

    Args:
        root: The page's tree.
        titles: The page's titles, without the site's name.
    """
    keys = {comparison_key(title) for title in titles} - {""}
    found: list[Element] = []
    for index, heading in enumerate(root.iter(*_LEVELS)):
        if index >= MAX_HEADINGS:
            break
        if comparison_key("".join(heading.itertext())) in keys:
            found.append(heading)
    return min(found, key=lambda h: (_is_covered(h), h.tag != "h1"), default=None)


def lines_of_article(
    lines: list[TextLine], headline: Element | None, titles: Iterable[str]
) -> list[TextLine]:
    """Return the lines within the block around the headline that holds no other article.

    Another article is text under a heading of its own, beside the block: above it; or below it in
    an element of the same kind, under a heading of the headline's level or in an ``article``.

    Args:
        lines: All lines of the page, in reading order.
        headline: Element from `headline_element`; None if the page prints no title.
        titles: The titles that the page declares, with or without the site's name. A headline
            that is none of them may be one of several sections.
    """
    titles = tuple(titles)
    if headline is None or not _is_declared(headline, titles):
        return lines
    block = _block(lines, headline, {comparison_key(title) for title in titles})
    if block is None:
        return lines
    return [line for line in lines if line.parent is block or block in line.parent.iterancestors()]


def _is_declared(headline: Element, titles: Iterable[str]) -> bool:
    """Return whether a declared title is the headline, perhaps before or behind the site's name."""
    words = f" {title_key(''.join(headline.itertext()))} "
    declared = (f" {title_key(title)} " for title in titles)
    return any(title.startswith(words) or title.endswith(words) for title in declared)


def _block(lines: list[TextLine], headline: Element, titles: set[str]) -> Element | None:
    weights = _weights(lines)
    headed = _headed(lines, headline, titles)
    child = headline
    for parent in headline.iterancestors():
        own = weights.get(child, 0.0)
        is_below = False
        for sibling in parent if own >= MIN_BRIEF_CHARACTERS else ():
            if sibling is child:
                is_below = True
            elif sibling not in headed or weights.get(sibling, 0.0) < MIN_BRIEF_CHARACTERS:
                continue
            elif is_below:
                if _is_rival(sibling, child, headed[sibling], headline, own=own):
                    return child
            elif own >= MIN_SHARE_OF_PART_ABOVE * weights.get(sibling, 0.0):
                return child
        child = parent
    return None


def _is_rival(
    sibling: Element, child: Element, levels: frozenset[int], headline: Element, *, own: float
) -> bool:
    """Return whether an element below the article is, or contains, another article."""
    is_equal = _LEVELS[str(headline.tag)] in levels
    if own >= MIN_ARTICLE_CHARACTERS and _has_article(child) and _has_article(sibling):
        return is_equal or child.tag == sibling.tag == "article"
    return is_equal and sibling.tag == child.tag and _is_alike(child, sibling)


def _has_article(element: Element) -> bool:
    return next(element.iter("article"), None) is not None


def _is_alike(one: Element, other: Element) -> bool:
    """Return whether two elements have in common half of the names of one, or have no names."""
    mine, others = _names(one), _names(other)
    if not mine or not others:
        return mine == others
    return 2 * len(mine & others) >= min(len(mine), len(others))


def _names(element: Element) -> frozenset[str]:
    """Return the class names of an element, and its id without numbers: ``post-`` of many."""
    identity = "".join(c for c in element.get("id", "") if not c.isdigit())
    return frozenset((element.get("class") or "").split()) | ({identity} if identity else set())


def _weights(lines: list[TextLine]) -> dict[Element, float]:
    """Return the running text in each element, without that of headers: a standfirst is no text."""
    weights: dict[Element, float] = {}
    for line in lines:
        weight = 0.0 if "header" in line.within else text_weight(line)
        if weight:
            for element in (line.parent, *line.parent.iterancestors()):
                weights[element] = weights.get(element, 0.0) + weight
    return weights


def _headed(
    lines: list[TextLine], headline: Element, titles: set[str]
) -> dict[Element, frozenset[int]]:
    """Return for each element the levels of the headings in it that have running text below.

    Elements that repeat the headline are left out.
    """
    headed: dict[Element, frozenset[int]] = {}
    own: set[Element] = set()
    heading: Element | None = None
    for line in lines:
        if line.tag in _LEVELS:
            heading = line.parent
            if heading is headline or comparison_key(line.text) in titles:
                own.update(heading.iterancestors())
                heading = None
        elif heading is not None and text_weight(line):
            level = frozenset({_LEVELS[str(heading.tag)]})
            inner = {line.parent, *line.parent.iterancestors()}
            for element in heading.iterancestors():
                if element in inner:
                    headed[element] = headed.get(element, frozenset()) | level
            heading = None
    return {element: levels for element, levels in headed.items() if element not in own}


def _is_covered(element: Element) -> bool:
    return any(map(is_hidden, (element, *element.iterancestors())))
