"""Paywall of a page, by its article, the article's parts and the page."""

import pytest

from streams.clean.html.json_ld import article_node
from streams.clean.html.page import parse_page
from streams.clean.metadata.site import paywall_candidates

PART = '{"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".wall"}'

OTHER = '{"@type": "NewsArticle", "isAccessibleForFree": false}'


@pytest.mark.parametrize(
    ("nodes", "paywalled"),
    [
        ('{"@type": "NewsArticle", "isAccessibleForFree": "http://schema.org/False"}', True),
        (f'{{"@type": "NewsArticle", "hasPart": {PART}}}', True),
        (f'{{"@type": "NewsArticle", "isAccessibleForFree": true, "hasPart": [{PART}]}}', True),
        ('[{"@type": "NewsArticle"}, {"@type": "WebPage", "isAccessibleForFree": "no"}]', True),
        (f'[{{"@type": "NewsArticle"}}, {{"@type": "WebPage", "hasPart": {PART}}}]', True),
        ('[{"@type": "NewsArticle"}, {"@type": "WebPage", "isAccessibleForFree": true}]', False),
        ('{"@type": "NewsArticle", "isAccessibleForFree": true}', False),
        (f'{{"@type": "Report", "isAccessibleForFree": 1, "hasPart": {OTHER}}}', False),
        ('{"@type": "NewsArticle"}', None),
    ],
)
def test_paywall_is_read_from_article_part_and_page(nodes: str, paywalled: bool | None) -> None:  # noqa: FBT001
    page = parse_page(
        f'<html><head><script type="application/ld+json">{nodes}</script></head></html>'
    )
    assert page is not None

    candidate = paywall_candidates(page, article_node(page.nodes))

    assert (candidate.value if candidate else None) is paywalled
