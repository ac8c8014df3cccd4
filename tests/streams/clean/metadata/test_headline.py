"""The headline among its candidates."""

import pytest

from streams.clean.html.json_ld import article_node
from streams.clean.html.page import parse_page
from streams.clean.metadata.headline import choose_headline, title_candidates
from tests.support.pages import page


def _headline(html: str, *sites: str) -> str:
    found = parse_page(html)
    assert found is not None
    choice = choose_headline(title_candidates(found, article_node(found.nodes)), sites)
    return choice.value if choice else ""


def _meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("head", "heading", "title", "expected"),
    [
        ("", "Rain in May", "Rain in May | Harbor Times", "Rain in May"),
        (
            _meta("og:title", "Rain in May - Daily"),
            "Rain in May",
            "Rain in May - Daily",
            "Rain in May",
        ),
        (_meta("og:title", "Rain &amp; wind"), "Rain & wind", "x", "Rain & wind"),
        (_meta("og:title", "It's “May”"), "It’s &quot;May&quot;", "x", "It's “May”"),
        (_meta("og:title", "Rain falls"), "Rain in May", "Rain in May", "Rain falls"),
    ],
)
def test_headline_is_what_most_places_say(
    head: str, heading: str, title: str, expected: str
) -> None:
    html = f"<html><head><title>{title}</title>{head}</head><body><h1>{heading}</h1></body></html>"

    assert _headline(html, "Harbor Times") == expected


def test_a_headline_that_the_page_prints_beats_one_for_search_engines() -> None:
    html = page(
        head=_meta("og:title", "Who pays for the bridge?"),
        body="<h2>Who pays for the bridge?</h2>",
        title="Bridge costs 2026",
    )

    assert _headline(html) == "Who pays for the bridge?"


def test_a_teaser_with_the_same_words_is_not_printed_as_the_headline() -> None:
    html = page(
        head='<script type="application/ld+json">{"@type":"Article","headline":"Bridge costs"}'
        "</script>" + _meta("og:title", "Who pays?"),
        body='<ul><li><a href="/a"><span>Who pays?</span></a></li></ul>',
        title="Bridge costs",
    )

    assert _headline(html) == "Bridge costs"


def test_of_several_headings_the_one_in_the_head_counts() -> None:
    html = "<title>Rain in May</title><h1>Tsunami warning</h1><h1>Rain in May</h1>"

    assert _headline(html) == "Rain in May"


def test_a_page_without_any_has_none() -> None:
    assert _headline("<p>text</p>") == ""
