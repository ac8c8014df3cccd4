"""Parsing of a page and its head."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.html.page import looks_like_html, parse_page
from tests.support.pages import page


@given(st.text())
def test_parse_page_accepts_any_text(text: str) -> None:
    parsed = parse_page(text)

    assert parsed is None or parsed.root.tag == "html"


def test_parse_page_collects_head() -> None:
    parsed = parse_page(
        page(
            head='<meta property="og:title" content=" A \n b "><meta name="author" content="Ann">'
            '<meta name="author" content="Bob"><link rel="canonical amphtml" href="/a">'
            '<script type="application/ld+json">{"@type": "Thing"}</script>',
            body="<noscript>Please enable <b>it</b></noscript>",
        )
    )

    assert parsed is not None
    assert (parsed.title, parsed.h1) == ("Harbor bridge reopens", ("Harbor bridge reopens",))
    assert parsed.first("nothing", "og:title") == "A b"
    assert parsed.all("AUTHOR") == ("Ann", "Bob")
    assert parsed.links == {"canonical": "/a", "amphtml": "/a"}
    assert parsed.nodes == ({"@type": "Thing"},)
    assert parsed.language == "en"
    assert parsed.noscript == "Please enable it"


@pytest.mark.parametrize("name", ["og:site_name", "og:site:name", "og.site-name", "OG:SITE_NAME"])
def test_page_ignores_punctuation_of_meta_names(name: str) -> None:
    parsed = parse_page(page(head=f'<meta property="{name}" content="Harbor Times">'))

    assert parsed is not None
    assert parsed.first("og:site_name") == "Harbor Times"


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0" encoding="iso-8859-1"?><html><body><h1>Grüße</h1></body></html>',
        '<meta charset="iso-8859-1"><h1>Grüße</h1>',
        "<h1>Gr\x00üße</h1>",
        "<h1>Grüße\ud800</h1>",
    ],
)
def test_parse_page_ignores_declared_charset(text: str) -> None:
    parsed = parse_page(text)

    assert parsed is not None
    assert parsed.h1[0].rstrip("?") == "Grüße"


def test_parse_page_keeps_text_after_lone_surrogate() -> None:
    parsed = parse_page("<p>before \ud800 after</p>")

    assert parsed is not None
    assert "after" in "".join(parsed.root.itertext())


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("<!DOCTYPE html><p>x", True),
        ("<div>x</div>", True),
        ("Standard Oil <SRD> said", False),
        ("1 < 2 and 3 > 2", False),
        ("", False),
    ],
)
def test_looks_like_html(text: str, markup: bool) -> None:  # noqa: FBT001
    assert looks_like_html(text) is markup
