"""Small pages for tests."""

PARAGRAPHS = (
    "The harbor bridge opened to traffic on Monday, three months after a storm damaged it.",
    "Engineers replaced forty cables and the whole eastern ramp, the port authority said.",
    "Ferries will run for another week. The city will then sell them to the island.",
)


def page(body: str = "", head: str = "", *, title: str = "Harbor bridge reopens") -> str:
    """Return a page with a headline, three paragraphs, and markup after them and in its head."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{text}{body}</article></body></html>"
    )
