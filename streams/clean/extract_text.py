"""Extract the fields of a plain text."""

from streams.clean.candidates import Candidate
from streams.clean.extraction import Extraction
from streams.clean.metadata.authors import authors_in
from streams.clean.plain_text.layout import parse_plain_text
from streams.text.dates import parse_date


def extract_text(text: str, *, title: str) -> Extraction:
    """Extract every field that a plain text has.

    Args:
        text: The decoded body.
        title: Headline from the source; empty to find it in the text.
    """
    layout = parse_plain_text(text, title=title)
    dated = (parse_date(line) for line in layout.head)
    authors = authors_in(layout.authors)
    return Extraction(
        extractor="plain-text",
        titles=(Candidate(layout.title, "text", 0.7),) if layout.title and not title else (),
        site_names=(Candidate(layout.site_name, "text", 0.6),) if layout.site_name else (),
        blocks=layout.blocks,
        published=tuple(Candidate(date, "text", 0.7) for date in dated if date),
        authors=(Candidate(authors, "byline", 0.8),) if authors else (),
        agency=Candidate(layout.agency, layout.agency_source, 0.9) if layout.agency else None,
    )
