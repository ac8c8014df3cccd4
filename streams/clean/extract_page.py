"""An HTML page in, its reading out."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from streams.clean.body.blocks import Block
from streams.clean.body.extract import ArticleBody, extract_body
from streams.clean.body.main_content import KnownFields
from streams.clean.body.repetition import comparison_key
from streams.clean.candidates import Candidate
from streams.clean.extract_fallback import EXTRACTOR, htmldate_candidates, trafilatura_blocks
from streams.clean.extract_fast import fast_blocks
from streams.clean.extraction import Extraction
from streams.clean.html.json_ld import Node, article_node, text_of
from streams.clean.html.page import Page
from streams.clean.metadata.agency import agency_in_dateline, agency_signing
from streams.clean.metadata.authors import author_candidates, authors_in
from streams.clean.metadata.byline import byline_authors, byline_days, byline_times, is_person_name
from streams.clean.metadata.dates import modification_candidates, publication_candidates
from streams.clean.metadata.headline import title_candidates
from streams.clean.metadata.site import (
    image_candidates,
    paywall_candidates,
    section_candidates,
    site_name_candidates,
)
from streams.clean.non_article import PageSignals
from streams.records.clean import Author, AuthorKind
from streams.text.characters import clean_characters
from streams.text.dates import ParsedDate
from streams.text.urls import registrable_domain

MAX_BYLINE_CHARACTERS: Final = 60
"""Two or three names; longer is a line of text."""

ORGANIZATION_TRUST: Final = 0.6
"""Of a place that names only an agency or desk: a person printed as the author comes first."""

MOSTLY_LINKED: Final = 0.8
MIN_HEADLINE_CHARACTERS: Final = 25
"""A linked line of this length is a headline; menus have shorter ones."""

MAX_LINES_KEPT: Final = 60
MAX_WORDS: Final = 2000
"""How much of what a page prints is looked at to tell a wall."""

SITE_TRUST: Final = 0.3
"""Of a site that names itself as the author: everybody else who signs comes first."""


def extract_page(page: Page, *, url: str, fetched: datetime, cheaply_from: str = "") -> Extraction:
    """Read every field of a page from its one tree.

    Args:
        page: The parsed page.
        url: Where it was fetched; empty if unknown.
        fetched: When: no date that is found by searching the page lies after it.
        cheaply_from: The page's markup, where only its head was parsed: the
            cheap extractor then finds the text.
    """
    node = article_node(page.nodes, url=url, title=page.title)
    canonical = page.links.get("canonical", "") or page.first("og:url")
    named = tuple(title_candidates(page, node))
    sites = tuple(site_name_candidates(page, node))
    authors = tuple(_authors(page, node, _own_names(sites, url or canonical)))
    times = tuple(_times(page, node, url or canonical))
    known = KnownFields(
        titles=tuple(candidate.value for candidate in named),
        body=clean_characters(text_of(node.get("articleBody"))),
        descriptions=tuple(_descriptions(page, node)),
        names=tuple(author.name for candidate in authors for author in candidate.value),
    )
    if cheaply_from:
        beside = (*known.titles, *known.names)
        body = ArticleBody(fast_blocks(cheaply_from, beside=beside), "resiliparse", [])
    else:
        body = extract_body(page, known)
        if not body.blocks and (others := trafilatura_blocks(page)):
            body = ArticleBody(others, EXTRACTOR, body.lines)
    found = body.blocks
    times = times or tuple(byline_days(body.lines))
    if not times and not cheaply_from:
        times = tuple(htmldate_candidates(page, url=url or canonical, fetched=fetched))
    if not any(_signs(candidate) for candidate in authors):
        found, signed = _byline_above(found)
        authors = (*authors, *signed)
    blocks, agency = _signed(tuple(found))
    return Extraction(
        extractor=body.extractor,
        titles=named,
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
        around=_surroundings(page, node, body),
    )


def _surroundings(page: Page, node: Node, body: ArticleBody) -> PageSignals:
    """Gather what tells an article's page from another one."""
    kind = page.first("og:type").lower()
    linked = (line for line in body.lines if line.link_share > MOSTLY_LINKED)
    words = "\n".join(line.text for line in body.lines[:MAX_LINES_KEPT])
    return PageSignals(
        words=f"{words[:MAX_WORDS]}\n{page.noscript[:MAX_WORDS]}",
        n_headlines=sum(len(line.text) >= MIN_HEADLINE_CHARACTERS for line in linked),
        is_marked=bool(node) or kind.endswith("article"),
        is_page=bool(page.title or page.meta),
    )


def _own_names(sites: tuple[Candidate[str], ...], url: str) -> set[str]:
    """Give what the site is called: by itself, and its domain."""
    domain = registrable_domain(url)
    return {
        comparison_key(name)
        for name in (*(s.value for s in sites), domain, domain.partition(".")[0])
    }


def _signs(candidate: Candidate[tuple[Author, ...]]) -> bool:
    return any(author.kind is AuthorKind.PERSON for author in candidate.value)


def _byline_above(
    blocks: list[Block],
) -> tuple[list[Block], tuple[Candidate[tuple[Author, ...]], ...]]:
    """Take a first line that is nothing but names from the text: it is a byline."""
    if len(blocks) < 2 or len(blocks[0].text) > MAX_BYLINE_CHARACTERS:  # noqa: PLR2004 - a text below
        return blocks, ()
    names = authors_in([blocks[0].text.replace("/", ", ")])
    if names and all(is_person_name(author.name) for author in names):
        return blocks[1:], (Candidate(names, "byline", 0.7),)
    return blocks, ()


def _authors(page: Page, node: Node, names: set[str]) -> Iterator[Candidate[tuple[Author, ...]]]:
    """Give who signed; where that is only the site, what the page prints counts more."""
    people = False
    for candidate in author_candidates(page, node):
        others = tuple(a for a in candidate.value if comparison_key(a.name) not in names)
        signed = any(a.kind is AuthorKind.PERSON for a in others)
        people = people or signed
        trust = candidate.trust if signed else ORGANIZATION_TRUST if others else SITE_TRUST
        yield Candidate(candidate.value, candidate.source, trust)
    if not people:
        yield from byline_authors(page)


def _times(page: Page, node: Node, url: str) -> Iterator[Candidate[ParsedDate]]:
    """Give publication times; what the page prints only where its head says none."""
    found = list(publication_candidates(page, node, url=url))
    yield from found
    if all(candidate.source == "url" for candidate in found):
        yield from byline_times(page)


def _descriptions(page: Page, node: Node) -> Iterator[str]:
    """Give the teasers that a page has in its head: one may stand on the page, too."""
    yield page.first("og:description")
    yield page.first("description")
    yield text_of(node.get("description"))


def _signed(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], Candidate[str] | None]:
    """Take a sign-off from the last paragraph; else look for a dateline in the first ones."""
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
