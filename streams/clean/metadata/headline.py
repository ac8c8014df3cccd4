"""Find candidates for the headline of a page, and choose among them."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final

from lxml.etree import _Element as Element

from streams.clean.body.repetition import comparison_key
from streams.clean.candidates import Candidate, Choice, choose
from streams.clean.html.json_ld import Node, text_of, texts_of
from streams.clean.html.page import Page
from streams.clean.metadata.title import (
    main_segment,
    same_title,
    short_suffixes,
    title_key,
    title_suffix,
    without_site,
)
from streams.text.characters import clean_line, without_entities

MAX_TITLE_CHARACTERS: Final = 500
"""Longest headline; the longest in 122 news pages has 170 characters."""

HEADING_BONUS: Final = 0.7
"""Extra weight of the page's heading against a doubtful suffix, since headings have none."""

MAX_HEADINGS: Final = 100
"""Most headings compared with the title."""

_ROOT: Final = re.compile(r"(?:(?:https?:)?//[^/?#]+/?|/)(?:index\.\w+|[a-z]{2}/?)?", re.IGNORECASE)
"""The address of a site's front page, also of one language."""

_PRINTED: Final = ("h2", "h3", "h4", "span", "p", "div", "strong")
"""Elements of a printed headline if the level-one heading is for search engines."""

_HEADED: Final = frozenset({"h2", "h3", "h4"})
"""Elements with all their content as text: kicker and headline are spans of one heading."""

_COPIES: Final = frozenset({"title", "twitter", "meta"})
"""Places with the title as the browser shows it, with the site's name."""

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
        ("h1", _heading(page, texts_of(node.get("publisher")))),
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
    if all(c.source in _COPIES for c in group):
        return Choice(main_segment(choice.value), choice.provenance)
    return Choice(_without_common_suffix(choice.value, group), choice.provenance)


def _without_common_suffix(title: str, group: list[Candidate[str]]) -> str:
    """Remove a suffix that the more trusted places, above all the heading, do not have."""
    shorter = [c for c in group if title_suffix(title, c.value)]
    longer = [c for c in group if title_key(c.value) == title_key(title)]
    without = sum(c.trust for c in shorter) + any(c.source == "h1" for c in shorter) * HEADING_BONUS
    if shorter and without >= sum(c.trust for c in longer):
        return shorter[0].value
    return title


def _heading(page: Page, sites: Iterable[str]) -> str:
    """Return the heading of the article: of several the one that the head repeats.

    The site's logo is often a level-one heading; the headline is then one of a lower level.
    """
    declared = [text for text in (page.first("og:title"), page.title) if text]
    keys = {title_key(text) for text in declared}
    names = {title_key(name) for name in (*sites, page.first("og:site_name"))} - {""}
    headings = [h for h in page.root.iter("h1") if not _is_logo(h, declared, names)][:MAX_HEADINGS]
    texts = [" ".join("".join(heading.itertext()).split()) for heading in headings]
    repeated = (text for text in texts if title_key(text) in keys)
    repeated_in_part = (
        text for text in texts if any(title_suffix(title, text) for title in declared)
    )
    found = next(repeated, "") or next(repeated_in_part, "") or next(filter(None, texts), "")
    return found or ("" if texts else _lower_heading(page, declared))


def _is_logo(heading: Element, declared: list[str], names: AbstractSet[str]) -> bool:
    """Return whether a heading is the site's name: a link to its root, or a title's short end."""
    links = [link.get("href", "") for link in heading.iter("a")]
    if links and all(_ROOT.fullmatch(link.strip()) for link in links):
        return True
    key = title_key("".join(heading.itertext()))
    return key in names or any(
        title_key(suffix) == key != "" for title in declared for suffix in short_suffixes(title)
    )


def _lower_heading(page: Page, declared: list[str]) -> str:
    """Return the first heading of a lower level that is the title without the site's name."""
    for heading in islice(page.root.iter("h2", "h3", "h4"), MAX_HEADINGS):
        text = " ".join("".join(heading.itertext()).split())
        words = f" {title_key(text)} "
        for title in (f" {title_key(title)} " for title in declared):
            if words.strip() and (title.startswith(words) or title.endswith(words)):
                return text
    return ""


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
