"""What a page or text was read as, before one value is chosen for each field."""

from dataclasses import dataclass

from streams.clean.body.blocks import Block
from streams.clean.candidates import Candidate
from streams.clean.non_article import NOTHING_AROUND, PageSignals
from streams.records.clean import Author
from streams.text.dates import ParsedDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Candidates for each field, and the blocks of the text.

    Attributes:
        extractor: What found the text: ``outline``, ``plain-text`` …
        titles: What may be the headline, the site's name not yet taken off.
        site_names: What the site calls itself, in order of trust.
        canonical: URL that the page declares as its own; empty if none.
        blocks: The text in reading order.
        published: When it may have been published.
        modified: When it was last changed.
        authors: Who signed, one candidate a place.
        agency: Agency credited, and where that was read.
        section: Section of the site.
        image: URL of the lead image.
        paywalled: Whether the page says that the text is not free.
        language: Code that the page declares; empty if none.
        around: What else tells an article from a page that is none.
    """

    extractor: str
    titles: tuple[Candidate[str], ...] = ()
    site_names: tuple[Candidate[str], ...] = ()
    canonical: str = ""
    blocks: tuple[Block, ...] = ()
    published: tuple[Candidate[ParsedDate], ...] = ()
    modified: tuple[Candidate[ParsedDate], ...] = ()
    authors: tuple[Candidate[tuple[Author, ...]], ...] = ()
    agency: Candidate[str] | None = None
    section: tuple[Candidate[str], ...] = ()
    image: tuple[Candidate[str], ...] = ()
    paywalled: Candidate[bool] | None = None
    language: str = ""
    around: PageSignals = NOTHING_AROUND
