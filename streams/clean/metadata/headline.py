"""Find candidates for the headline of a page, and choose among them."""

from collections.abc import Iterable, Iterator
from typing import Final

from lxml.etree import _Element as Element

from streams.clean.body.repetition import comparison_key
from streams.clean.candidates import Candidate, Choice, choose
from streams.clean.html.json_ld import Node, text_of
from streams.clean.html.page import Page
from streams.clean.metadata.title import same_title, title_key, title_suffix, without_site
from streams.text.characters import clean_line, without_entities

MAX_TITLE_CHARACTERS: Final = 500
"""Longest headline; the longest in 122 news pages has 170 characters."""

HEADING_BONUS: Final = 0.7
"""Extra weight of the page's heading against a doubtful suffix, since headings have none."""

_PRINTED: Final = ("h2", "h3", "h4", "span", "p", "div", "strong")
"""Elements of a printed headline if the level-one heading is for search engines."""

_HEADED: Final = frozenset({"h2", "h3", "h4"})
"""Elements with all their content as text: kicker and headline are spans of one heading."""

PRINTED_TITLES: Final = frozenset({"h1", "headline"})
"""Places of candidates in the page itself, not in its head."""

# Trust in each place, from the 122 pages of fundus-dev (2026-11): alone, og and
# JSON-LD were right in 78 and 76 of 100, the heading in 70, the title element in 56. The title
# element and Twitter's card copy another place, so that they add little evidence.
_TRUST: Final = {
    "og": 0.8,
    "json-ld": 0.8,
    "h1": 0.6,
    "headline": 0.95,
    "meta": 0.3,
    "twitter": 0.2,
    "title": 0.2,
    "json-ld-name": 0.2,
}


def title_candidates(page: Page, node: Node) -> Iterator[Candidate[str]]:
    """Yield candidates for the headline, the place with the best spelling first."""
    places = [
        ("og", page.first("og:title")),
        ("json-ld", text_of(node.get("headline"))),
        ("h1", _heading(page)),
        ("twitter", page.first("twitter:title")),
        ("meta", page.first("headline", "dc.title", "dcterms.title", "parsely-title", "title")),
        ("title", page.title),
        ("json-ld-name", text_of(node.get("name"))),
    ]
    candidates = []
    for source, text in places:
        line = clean_line(without_entities(text))
        if line and len(line) <= MAX_TITLE_CHARACTERS:
            candidates.append(Candidate(line, source, _TRUST[source]))
    yield from candidates
    yield from _printed_candidates(page, candidates)


def choose_headline(
    candidates: Iterable[Candidate[str]], sites: Iterable[str]
) -> Choice[str] | None:
    """Choose the headline that most places agree on, without the site's name.

    Args:
        candidates: Candidates from `title_candidates`, and the title of the feed.
        sites: Names of the site.

    Examples:
        >>> places = Candidate("Rain | Daily", "og", 0.8), Candidate("Rain", "h1", 0.6)
        >>> choose_headline(places, ["The Daily"]).value
        'Rain'
    """
    names = list(sites)
    bare = [Candidate(without_site(c.value, names), c.source, c.trust) for c in candidates]
    choice = choose(bare, same=same_title)
    if choice is None:
        return None
    group = [c for c in bare if same_title(c.value, choice.value)]
    return Choice(_without_common_suffix(choice.value, group), choice.provenance)


def _without_common_suffix(title: str, group: list[Candidate[str]]) -> str:
    """Remove a suffix that the more trusted places, above all the heading, do not have."""
    shorter = [c for c in group if title_suffix(title, c.value)]
    longer = [c for c in group if title_key(c.value) == title_key(title)]
    without = sum(c.trust for c in shorter) + any(c.source == "h1" for c in shorter) * HEADING_BONUS
    if shorter and without >= sum(c.trust for c in longer):
        return shorter[0].value
    return title


def _heading(page: Page) -> str:
    """Return the page's level-one heading; of several the one that the head repeats."""
    titles = {title_key(text) for text in (page.first("og:title"), page.title)}
    repeated = (heading for heading in page.h1 if title_key(heading) in titles)
    return next(repeated, page.h1[0] if page.h1 else "")


def _printed_candidates(page: Page, candidates: list[Candidate[str]]) -> Iterator[Candidate[str]]:
    """Yield candidates that the page prints, although its level-one heading is different.

    Some publishers print the headline for readers in a plain element, and
    another one, for search engines, in ``h1``.
    """
    heading = next((c.value for c in candidates if c.source == "h1"), "")
    wanted = {comparison_key(c.value): c.value for c in candidates if c.source in {"og", "json-ld"}}
    wanted = {key: text for key, text in wanted.items() if not same_title(text, heading)}
    if not wanted or not heading:
        return
    longest = max(map(len, wanted.values())) + 20
    for element in page.root.iter(*_PRINTED):
        text = "".join(element.itertext()) if element.tag in _HEADED else element.text
        key = comparison_key(text) if text and len(text) <= longest else ""
        if key in wanted and not _is_linked(element):
            yield Candidate(wanted.pop(key), "headline", _TRUST["headline"])


def _is_linked(element: Element) -> bool:
    """Return whether an element is linked or in a list, as teasers are."""
    outer = {ancestor.tag for ancestor in element.iterancestors()}
    inside = next(element.iter("a"), None) is not None
    return inside or not outer.isdisjoint({"a", "li", "nav", "aside", "footer"})
