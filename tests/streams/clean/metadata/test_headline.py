"""Choice of the headline."""

import pytest

from streams.clean.html.json_ld import article_node
from streams.clean.html.page import parse_page
from streams.clean.metadata.headline import choose_headline, title_candidates
from tests.support.pages import page


def _headline(html: str, *sites: str) -> str:
    parsed = parse_page(html)
    assert parsed is not None
    choice = choose_headline(title_candidates(parsed, article_node(parsed.nodes)), sites)
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
def test_choose_headline_takes_majority(head: str, heading: str, title: str, expected: str) -> None:
    html = f"<html><head><title>{title}</title>{head}</head><body><h1>{heading}</h1></body></html>"

    assert _headline(html, "Harbor Times") == expected


def test_printed_headline_wins_over_h1_for_search_engines() -> None:
    html = page(
        head=_meta("og:title", "Who pays for the bridge?"),
        body="<h2>Who pays for the bridge?</h2>",
        title="Bridge costs 2026",
    )

    assert _headline(html) == "Who pays for the bridge?"


def test_teaser_with_same_words_is_no_headline() -> None:
    html = page(
        head='<script type="application/ld+json">{"@type":"Article","headline":"Bridge costs"}'
        "</script>" + _meta("og:title", "Who pays?"),
        body='<ul><li><a href="/a"><span>Who pays?</span></a></li></ul>',
        title="Bridge costs",
    )

    assert _headline(html) == "Bridge costs"


def test_heading_repeated_in_head_wins() -> None:
    html = "<title>Rain in May</title><h1>Tsunami warning</h1><h1>Rain in May</h1>"

    assert _headline(html) == "Rain in May"


def test_page_without_headline_has_none() -> None:
    assert _headline("<p>text</p>") == ""


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "Rain floods town | Vik Post",
            '<h1><a href="/">Vik Post</a></h1><h2>Rain floods town</h2>',
        ),
        ("Rain floods town - Vik Post", "<h1>Vik Post</h1><h2>Rain floods town</h2>"),
        ("Rain floods town - Vik Post", "<h1>Vik Post</h1><h1>Rain floods town</h1>"),
        (
            "Vik Post | Rain floods town",
            '<h1><a href="//vik.test/">Vik Post</a></h1><h3>Rain floods town</h3>',
        ),
        ("Rain floods town | Vik Post", "<p>No heading.</p>"),
        ("News - Rain floods town", "<h1>Rain floods town</h1>"),
    ],
)
def test_logo_is_no_headline(title: str, body: str) -> None:
    page = parse_page(f"<html><head><title>{title}</title></head><body>{body}</body></html>")
    assert page is not None

    choice = choose_headline(title_candidates(page, {}), [])

    assert choice is not None
    assert choice.value == "Rain floods town"


PUBLISHER = '{"@type": "NewsArticle", "publisher": {"name": "Vik Post"}}'


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (_meta("og:site_name", "Vik Post"), "Vik Post: Rain in May"),
        (f'<script type="application/ld+json">{PUBLISHER}</script>', "Rain in May"),
    ],
)
def test_logo_without_link_is_not_the_headline(head: str, title: str) -> None:
    html = (
        f"<html><head><title>{title}</title>{head}</head>"
        "<body><h1>Vik Post</h1><h2>Rain in May</h2></body></html>"
    )

    assert _headline(html, "Vik Post") == "Rain in May"


def test_headline_is_of_lower_level_if_no_heading_is_of_level_one() -> None:
    html = (
        "<html><head><title>Rain in May - Vik Post</title></head>"
        "<body><h2>Rain in May</h2><h2>Wind in June</h2></body></html>"
    )

    assert _headline(html) == "Rain in May"
