"""Extract the fields of an HTML page."""

from collections.abc import Iterator
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.container import MAX_LINK_SHARE
from streams.clean.body.extract import ArticleBody, extract_body, printed_lines
from streams.clean.body.known_fields import KnownFields
from streams.clean.body.line_scorer import LineChooser
from streams.clean.body.repetition import comparison_key
from streams.clean.body.text_lines import TextLine
from streams.clean.candidates import Candidate
from streams.clean.extract_fallback import EXTRACTOR, trafilatura_blocks
from streams.clean.extract_fast import fast_blocks
from streams.clean.extraction import Extraction
from streams.clean.html.json_ld import Node, article_node, body_of, is_live_blog, text_of
from streams.clean.html.page import Page
from streams.clean.metadata.agency import agency_in_dateline, agency_signing
from streams.clean.metadata.authors import author_candidates, authors_in
from streams.clean.metadata.byline import byline_authors, byline_days, byline_times, is_person_name
from streams.clean.metadata.dates import modification_candidates, publication_candidates
from streams.clean.metadata.headline import PRINTED_TITLES, title_candidates
from streams.clean.metadata.site import (
    image_candidates,
    paywall_candidates,
    section_candidates,
    site_name_candidates,
)
from streams.clean.non_article import PageSignals
from streams.clean.walls.prose import PrintedLine
from streams.records.clean import Author, AuthorKind
from streams.text.characters import clean_characters
from streams.text.dates import ParsedDate
from streams.text.urls import registrable_domain

MAX_BYLINE_CHARACTERS: Final = 60
"""Length of two or three names; a longer line is text."""

ORGANIZATION_TRUST: Final = 0.6
"""Trust in a place that names only an agency or desk, below that in a printed person."""

MOSTLY_LINKED: Final = 0.8
MIN_HEADLINE_CHARACTERS: Final = 25
"""Shortest linked line that is a headline; menus have shorter lines."""

MAX_LINES_KEPT: Final = 400
"""Lines of a page that are searched for running text; an article is above its comments."""

MAX_NOSCRIPT: Final = 2000
"""Characters of a page's ``noscript`` that are searched for what a wall says."""

_HEADINGS: Final = frozenset({"h1", "h2", "h3"})

SITE_TRUST: Final = 0.3
"""Trust in a site that names itself as the author, below that in any other author."""


def extract_page(
    page: Page, *, url: str, markup: str = "", scorer: LineChooser | None = None
) -> Extraction:
    """Extract every field of a page from its parsed tree.

    Args:
        page: The parsed page.
        url: URL that it was fetched from; empty if unknown.
        markup: The page's markup if only its head was parsed: the fast extractor then
            finds the text.
        scorer: What decides about each line of the text; defaults to the trained regression.
    """
    node = article_node(page.nodes, url=url, title=page.title)
    canonical = page.links.get("canonical", "") or page.first("og:url")
    titles = tuple(title_candidates(page, node))
    sites = tuple(site_name_candidates(page, node))
    authors = tuple(_authors(page, node, _own_names(sites, url or canonical)))
    times = tuple(_times(page, node, url or canonical))
    known = KnownFields(
        titles=tuple(candidate.value for candidate in titles),
        body=clean_characters(body_of(node)),
        descriptions=tuple(_descriptions(page, node)),
        names=tuple(author.name for candidate in authors for author in candidate.value),
        is_live=is_live_blog(node),
        url=url or canonical,
        declared=tuple(c.value for c in titles if c.source not in PRINTED_TITLES),
    )
    if markup:
        ignored = (*known.titles, *known.names)
        body = ArticleBody(fast_blocks(markup, ignored=ignored), "resiliparse", [])
    else:
        body = extract_body(page, known, scorer=scorer)
        if not body.blocks and (fallback := trafilatura_blocks(page)):
            body = ArticleBody(fallback, EXTRACTOR, body.lines)
    text_blocks = body.blocks
    times = times or tuple(
        byline_days(
            printed_lines(page, known),
            (block.text for block in text_blocks),
            language=page.language,
            names=(*known.names, *(site.value for site in sites)),
        )
    )
    if not any(_names_person(candidate) for candidate in authors):
        text_blocks, byline = _split_byline(text_blocks)
        authors = (*authors, *byline)
    blocks, agency = _split_agency(tuple(text_blocks))
    return Extraction(
        extractor=body.extractor,
        titles=titles,
        site_names=sites,
        canonical=canonical,
        blocks=blocks,
        published=times,
        modified=tuple(modification_candidates(page, node)),
        authors=authors,
        agency=agency,
        section=tuple(section_candidates(page, node)),
        image=tuple(image_candidates(page, node, base=url or canonical)),
        paywalled=paywall_candidates(page, node),
        language=page.language,
        signals=_page_signals(page, node, titles, body.lines),
    )


def _page_signals(
    page: Page, node: Node, titles: tuple[Candidate[str], ...], lines: list[TextLine]
) -> PageSignals:
    """Collect the signs that a page is not an article."""
    kind = page.first("og:type").lower()
    linked = (line for line in lines if line.link_share > MOSTLY_LINKED)
    heading = next((title.value for title in titles if title.source == "h1"), "")
    heading = heading or next((line.text for line in lines if line.tag in _HEADINGS), "")
    return PageSignals(
        titles=tuple(title.value for title in titles if title.source in {"og", "title"}),
        heading=heading,
        lines=tuple(
            PrintedLine(line.text, is_link=line.link_share > MAX_LINK_SHARE)
            for line in lines[:MAX_LINES_KEPT]
        ),
        noscript=page.noscript[:MAX_NOSCRIPT],
        n_headlines=sum(len(line.text) >= MIN_HEADLINE_CHARACTERS for line in linked),
        is_marked=bool(node) or kind.endswith("article"),
        is_page=bool(page.title or page.meta or page.h1),
    )


def _own_names(sites: tuple[Candidate[str], ...], url: str) -> set[str]:
    """Return the site's names, by itself and by its domain, as comparison keys."""
    domain = registrable_domain(url)
    return {
        comparison_key(name)
        for name in (*(s.value for s in sites), domain, domain.partition(".")[0])
    }


def _names_person(candidate: Candidate[tuple[Author, ...]]) -> bool:
    return any(author.kind is AuthorKind.PERSON for author in candidate.value)


def _split_byline(
    blocks: list[Block],
) -> tuple[list[Block], tuple[Candidate[tuple[Author, ...]], ...]]:
    """Split a first line that has only names from the text: it is a byline."""
    if len(blocks) < 2 or len(blocks[0].text) > MAX_BYLINE_CHARACTERS:  # noqa: PLR2004 - a text below
        return blocks, ()
    names = authors_in([blocks[0].text.replace("/", ", ")])
    if names and all(is_person_name(author.name) for author in names):
        return blocks[1:], (Candidate(names, "byline", 0.7),)
    return blocks, ()


def _authors(page: Page, node: Node, names: set[str]) -> Iterator[Candidate[tuple[Author, ...]]]:
    """Yield authors; if they are only the site or a desk, the printed byline too."""
    people = False
    for candidate in author_candidates(page, node):
        others = tuple(a for a in candidate.value if comparison_key(a.name) not in names)
        is_signed = any(a.kind is AuthorKind.PERSON for a in others)
        people = people or is_signed
        trust = candidate.trust if is_signed else ORGANIZATION_TRUST if others else SITE_TRUST
        yield Candidate(candidate.value, candidate.source, trust)
    if not people:
        yield from byline_authors(page)


def _times(page: Page, node: Node, url: str) -> Iterator[Candidate[ParsedDate]]:
    """Yield publication times; the printed ones only if the head has none with a zone."""
    head_times = list(publication_candidates(page, node, url=url))
    yield from head_times
    if not any(candidate.value.zoned for candidate in head_times):
        yield from byline_times(page)


def _descriptions(page: Page, node: Node) -> Iterator[str]:
    """Yield the descriptions in a page's head, one of which may be printed on the page too."""
    yield page.first("og:description")
    yield page.first("description")
    yield text_of(node.get("description"))


def _split_agency(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], Candidate[str] | None]:
    """Split a sign-off from the last paragraph, else find a dateline in the first ones."""
    if not blocks:
        return blocks, None
    rest, agency = agency_signing(blocks[-1].text)
    if agency:
        last = (Block(rest, blocks[-1].kind),) if rest else ()
        return (*blocks[:-1], *last), Candidate(agency, "sign-off", 0.9)
    for block in blocks[:3]:
        agency = agency_in_dateline(block.text)
        if agency:
            return blocks, Candidate(agency, "dateline", 0.95)
    return blocks, None
