"""Extraction of an article's text from its page."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.body.blocks import Block
from streams.clean.body.extract import extract_body
from streams.clean.body.known_fields import KnownFields
from streams.clean.html.page import parse_page
from streams.records.clean import ParagraphKind
from tests.support.pages import PARAGRAPHS, page

LONG = "The mayor of the harbor city spoke for an hour about the storm and what came after it. "


def _blocks(html: str, known: KnownFields | None = None) -> list[Block]:
    parsed = parse_page(html)
    assert parsed is not None
    return extract_body(parsed, known or KnownFields(titles=parsed.h1)).blocks


def _texts(html: str, known: KnownFields | None = None) -> list[str]:
    return [block.text for block in _blocks(html, known)]


@given(
    st.lists(st.sampled_from(["<div>", "</div>", "<p>", "</p>", "<b>", "<br>", LONG, "x", "<li>"]))
)
def test_extract_body_accepts_any_markup(parts: list[str]) -> None:
    blocks = _blocks("<html>" + "".join(parts))

    assert all(block.text == " ".join(block.text.split()) for block in blocks)


def test_extract_body_returns_paragraphs_without_headline() -> None:
    assert _texts(page()) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "around",
    [
        f"<nav><p>{LONG}</p></nav>",
        f"<aside><p>{LONG}</p></aside>",
        f"<footer><p>{LONG}</p></footer>",
        f'<div class="related-articles"><p>{LONG}</p></div>',
        f'<div class="comments"><p>{LONG}</p><p>{LONG * 9}</p></div>',
        f'<div id="onetrust-consent-sdk"><p>{LONG * 9}</p></div>',
        f'<section role="complementary"><p>{LONG}</p></section>',
        f"<div hidden><p>{LONG}</p></div>",
        f'<div style="display: none"><p>{LONG}</p></div>',
        f"<figure><img src='x'><figcaption>{LONG}</figcaption></figure>",
        f"<p><a href='/b'>{LONG}</a></p>",
        f"<ul><li><a href='/b'>{LONG}</a></li></ul>",
        "<p>Read also: <a href='/b'>Snow in May</a></p>",
        "<p>Photo: Ann Example</p>",
        "<h2>Related stories</h2>",
        "<p>Subscribe to our newsletter for more of this.</p>",
        "<script>var text = 'no text at all';</script>",
        "<button>Share this article with your friends now.</button>",
        "<form><p>Your name</p><input></form>",
        "<div>Share</div>",
    ],
)
def test_extract_body_excludes_surrounding_parts(around: str) -> None:
    assert _texts(page(around)) == list(PARAGRAPHS)


def test_extract_body_keeps_paragraph_kinds() -> None:
    quote = f"<blockquote><p>{LONG}2</p></blockquote>"
    rest = f"<h2>What comes next</h2><p>{LONG}</p>{quote}<ul><li>One.</li></ul>"

    kinds = [block.kind for block in _blocks(page(rest))][3:]

    assert kinds == [
        ParagraphKind.HEADING,
        ParagraphKind.PARAGRAPH,
        ParagraphKind.QUOTE,
        ParagraphKind.LIST_ITEM,
    ]


def test_bold_line_above_paragraph_is_heading() -> None:
    blocks = _blocks(page(f"<p><b>What comes next</b></p><p>{LONG}</p>"))

    assert blocks[3].kind is ParagraphKind.HEADING


def test_heading_without_text_below_is_removed() -> None:
    assert _texts(page("<h2>And then</h2>")) == list(PARAGRAPHS)


def test_two_line_breaks_separate_paragraphs() -> None:
    text = "<br><br>".join(PARAGRAPHS)

    assert _texts(f"<h1>T</h1><div>{text}</div>") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "lead",
    [
        f'<p class="standfirst">{LONG}</p>',
        f"<h2>{LONG}</h2>",
        f'<div class="teaser-text">{LONG}</div>',
    ],
)
def test_standfirst_is_summary(lead: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = f"<h1>Bridge</h1><header>{lead}</header><div class='article-body'>{text}</div>"

    blocks = _blocks(html, KnownFields(titles=("Bridge",), descriptions=(LONG,)))

    assert blocks[0] == Block(LONG.strip(), ParagraphKind.SUMMARY)
    assert [block.text for block in blocks[1:]] == list(PARAGRAPHS)


def test_first_paragraph_equal_to_description_is_no_summary() -> None:
    blocks = _blocks(page(), KnownFields(descriptions=(PARAGRAPHS[0],)))

    assert blocks[0].kind is ParagraphKind.PARAGRAPH


def test_key_points_above_text_are_summary() -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = f"<h1>Bridge</h1><div><ul><li>It took long.</li><li>It was dear.</li></ul>{text}</div>"

    kinds = [block.kind for block in _blocks(html)]

    assert kinds[:3] == [ParagraphKind.SUMMARY, ParagraphKind.SUMMARY, ParagraphKind.PARAGRAPH]


def test_misleading_class_names_do_not_hide_article() -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = f"<h1>Bridge</h1><div class='related share'><div class='promo'>{text}</div></div>"

    assert _texts(html) == list(PARAGRAPHS)


def test_json_ld_body_replaces_short_text() -> None:
    html = page().replace("<p>", "<template>").replace("</p>", "</template>")
    body = "\n".join(PARAGRAPHS)

    assert _texts(html, KnownFields(body=body)) == list(PARAGRAPHS)


def test_json_ld_body_judges_short_lines() -> None:
    body = json.loads(json.dumps(" ".join((*PARAGRAPHS, LONG * 3))))
    html = page(f"<p>Nothing to see here.</p><p>{LONG * 3}</p>")

    assert "Nothing to see here." not in _texts(html, KnownFields(body=body))


def test_repeated_labels_are_removed() -> None:
    html = page("".join(f"<p>New section.</p><p>{n} {LONG}</p>" for n in range(3)))

    assert "New section." not in _texts(html)


def test_deep_page_is_read_completely() -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)

    assert _texts("<h1>T</h1>" + "<div>" * 350 + text) == list(PARAGRAPHS)
