"""The candidates extracted from a page or text, before one value is chosen for each field."""

from dataclasses import dataclass

from streams.clean.body.blocks import Block
from streams.clean.candidates import Candidate
from streams.clean.non_article import NO_SIGNALS, PageSignals
from streams.records.clean import Author
from streams.text.dates import ParsedDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Candidates for each field, and the blocks of the text.

    Attributes:
        extractor: Name of the extractor: ``outline``, ``plain-text`` …
        titles: Headlines, which may include the site's name.
        site_names: Names of the site, in order of trust.
        canonical: URL that the page declares as its own; empty if none.
        blocks: The text in reading order.
        published: Times of publication.
        modified: Times of the last change.
        authors: Authors, one candidate for each place.
        agency: The credited agency and its place.
        section: Section of the site.
        image: URL of the lead image.
        paywalled: Whether the page declares that the text is not free.
        language: Code that the page declares; empty if none.
        signals: Signs that the page is not an article.
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
    signals: PageSignals = NO_SIGNALS
