"""A plain text in, its reading out."""

from streams.clean.candidates import Candidate
from streams.clean.extraction import Extraction
from streams.clean.metadata.authors import authors_in
from streams.clean.plain_text.layout import parse_plain_text
from streams.text.dates import parse_date


def extract_text(text: str, *, title: str) -> Extraction:
    """Read every field that a plain text has.

    Args:
        text: The body, decoded.
        title: Headline where the source gave it; empty to look for it.
    """
    found = parse_plain_text(text, title=title)
    dated = (parse_date(line) for line in found.head)
    authors = authors_in(found.authors)
    return Extraction(
        extractor="plain-text",
        titles=(Candidate(found.title, "text", 0.7),) if found.title and not title else (),
        site_names=(Candidate(found.site_name, "text", 0.6),) if found.site_name else (),
        blocks=found.blocks,
        published=tuple(Candidate(moment, "text", 0.7) for moment in dated if moment),
        authors=(Candidate(authors, "byline", 0.8),) if authors else (),
        agency=Candidate(found.agency, found.agency_source, 0.9) if found.agency else None,
    )
