"""An HTML page in, its reading out."""

from collections.abc import Iterator

from streams.clean.agency import agency_in_dateline, agency_signing
from streams.clean.authors import authors_in_page
from streams.clean.block import Block
from streams.clean.body import body_blocks
from streams.clean.characters import clean_characters
from streams.clean.field import Candidate
from streams.clean.json_ld import Node, article_node, text_of
from streams.clean.main_text import Known
from streams.clean.page import Page
from streams.clean.page_fields import images, paywalled, sections, site_names, titles
from streams.clean.published import modified_in_page, published_in_page
from streams.clean.reading import Reading


def page_reading(page: Page, *, url: str) -> Reading:
    """Read every field of a page from its one tree.

    Args:
        page: The parsed page.
        url: Where it was fetched; empty if unknown.
    """
    node = article_node(page.nodes, url=url, title=page.title)
    canonical = page.links.get("canonical", "") or page.first("og:url")
    named = tuple(titles(page, node))
    sites = tuple(site_names(page, node))
    authors = tuple(authors_in_page(page, node))
    known = Known(
        titles=tuple(candidate.value for candidate in named),
        body=clean_characters(text_of(node.get("articleBody"))),
        descriptions=tuple(_descriptions(page, node)),
        names=tuple(author.name for candidate in authors for author in candidate.value),
    )
    found, extractor = body_blocks(page, known)
    blocks, agency = _signed(tuple(found))
    return Reading(
        extractor=extractor,
        titles=named,
        site_names=sites,
        canonical=canonical,
        blocks=blocks,
        published=tuple(published_in_page(page, node, url=url or canonical)),
        modified=tuple(modified_in_page(page, node)),
        authors=authors,
        agency=agency,
        section=tuple(sections(page, node)),
        image=tuple(images(page, node, base=url or canonical)),
        paywalled=paywalled(page, node),
        language=page.language,
    )


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
