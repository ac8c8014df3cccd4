"""One parse of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.html.page import looks_like_html, parse_page
from tests.support.pages import page


@given(st.text())
def test_parsed_page_answers_whatever_comes(text: str) -> None:
    found = parse_page(text)

    assert found is None or found.root.tag == "html"


def test_parsed_page_gathers_the_head() -> None:
    found = parse_page(
        page(
            head='<meta property="og:title" content=" A \n b "><meta name="author" content="Ann">'
            '<meta name="author" content="Bob"><link rel="canonical amphtml" href="/a">'
            '<script type="application/ld+json">{"@type": "Thing"}</script>',
            body="<noscript>Please enable <b>it</b></noscript>",
        )
    )

    assert found is not None
    assert (found.title, found.h1) == ("Harbor bridge reopens", ("Harbor bridge reopens",))
    assert found.first("nothing", "og:title") == "A b"
    assert found.all("AUTHOR") == ("Ann", "Bob")
    assert found.links == {"canonical": "/a", "amphtml": "/a"}
    assert found.nodes == ({"@type": "Thing"},)
    assert found.language == "en"
    assert found.noscript == "Please enable it"


@pytest.mark.parametrize("name", ["og:site_name", "og:site:name", "og.site-name", "OG:SITE_NAME"])
def test_the_punctuation_of_a_meta_name_does_not_matter(name: str) -> None:
    found = parse_page(page(head=f'<meta property="{name}" content="Harbor Times">'))

    assert found is not None
    assert found.first("og:site_name") == "Harbor Times"


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0" encoding="iso-8859-1"?><html><body><h1>Grüße</h1></body></html>',
        '<meta charset="iso-8859-1"><h1>Grüße</h1>',
        "<h1>Gr\x00üße</h1>",
        "<h1>Grüße\ud800</h1>",
    ],
)
def test_what_a_page_says_of_its_bytes_no_longer_matters(text: str) -> None:
    found = parse_page(text)

    assert found is not None
    assert found.h1[0].rstrip("?") == "Grüße"


def test_text_after_a_lone_surrogate_is_not_lost() -> None:
    found = parse_page("<p>before \ud800 after</p>")

    assert found is not None
    assert "after" in "".join(found.root.itertext())


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
def test_looks_like_html_tells(text: str, markup: bool) -> None:  # noqa: FBT001
    assert looks_like_html(text) is markup
