"""The page's own article among several, and the parts of a page that are never the article."""

from pathlib import Path

import pytest

from streams.clean.body.extract import extract_body
from streams.clean.body.known_fields import KnownFields
from streams.clean.html.page import parse_page

CASES = "cases/sources/41-text-of-pages"

OWN = tuple(
    f"The {n} ferry sails again from Tuesday, its owner said in the harbor of Vik on Monday."
    for n in ("first", "second", "third")
)
OTHER = tuple(
    f"The {n} mill was sold to the savings bank, and nobody knows what will become of it now."
    for n in ("red", "blue", "green", "old", "new", "long", "last", "lost")
)


def _text(html: str) -> str:
    page = parse_page(html)
    assert page is not None
    known = KnownFields(titles=("Ferry sails", page.title), declared=(page.title,))
    return "\n".join(block.text for block in extract_body(page, known).blocks)


def _paragraphs(lines: tuple[str, ...]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def _page(body: str) -> str:
    return f"<html><head><title>Ferry sails - Vik Post</title></head><body>{body}</body></html>"


FIRST = f"<h1>Ferry sails</h1>{_paragraphs(OWN)}"
FIRST_2 = f"<h2>Ferry sails</h2>{_paragraphs(OWN)}"
LOGO = "<h1><a href='/'>Vik Post</a></h1>"
NEXT = f"<h1>Mill sold</h1>{_paragraphs(OTHER)}"
HEAD = f"<h1>Ferry sails</h1><p>{OTHER[0]}</p>"
SECTION = f"<h2>What happened</h2>{_paragraphs(OWN)}"
NEXT_2 = f"<h2>Mill sold</h2>{_paragraphs(OTHER)}"


@pytest.mark.parametrize(
    "body",
    [
        f"<article>{FIRST}</article><article>{NEXT}</article>",
        f"<article>{NEXT}</article><article>{FIRST}</article>",
        f"<article>{FIRST}</article><article>{NEXT_2}</article>",
        f"<div class='story s1'>{FIRST}</div><div class='story s2 next'>{NEXT}</div>",
        f"<div id='post-1'>{FIRST}</div><div id='post-22'>{NEXT}</div>",
        f"<div><section>{FIRST}</section></div><div><section>{NEXT}</section></div>",
        f"<main><article>{FIRST}</article></main><div id='more'><article>{NEXT}</article></div>",
        f"<div class='ot-row'>{NEXT_2}</div><div class='c1'><div class='c2'>{FIRST}</div></div>",
        f"<header>{LOGO}</header><main><article>{FIRST_2}</article><article>{NEXT_2}</article></main>",
    ],
    ids=["articles", "second", "h2", "classes", "ids", "bare", "wrapped", "above", "logo"],
)
def test_extract_body_stays_within_article(body: str) -> None:
    assert _text(_page(body)).splitlines() == list(OWN)


@pytest.mark.parametrize(
    "part",
    [
        "<div role='dialog'>{}</div>",
        "<div aria-modal='true'>{}</div>",
        "<dialog open>{}</dialog>",
        "<div hidden>{}</div>",
        "<div style='color:red;VISIBILITY: hidden'>{}</div>",
        "<div style='position:absolute; left:-9999px'>{}</div>",
        "<div class='sr-only'>{}</div>",
        "<div class='login modal fade'>{}</div>",
        "<aside>{}</aside>",
        "<footer>{}</footer>",
        "<section role='complementary'>{}</section>",
        "<div class='cookie-banner'>{}</div>",
    ],
)
@pytest.mark.parametrize("is_above", [True, False], ids=["above", "below"])
def test_extract_body_excludes_large_part_outside(part: str, is_above: bool) -> None:  # noqa: FBT001
    outside, article = part.format(NEXT_2), f"<div class='text'>{FIRST}</div>"

    text = _text(_page(outside + article if is_above else article + outside))

    assert text.splitlines() == list(OWN)


@pytest.mark.parametrize(
    "body",
    [
        f"<aside>{FIRST}</aside>",
        f"<h1>Ferry sails</h1><aside>{_paragraphs(OWN)}</aside>",
        f"<div aria-hidden='true'>{FIRST}</div><div role='dialog'>{NEXT_2}</div>",
        f"<div style='display:none'>{FIRST}</div>",
        f"<aside><div>Menu</div>{FIRST}<main></main>",
    ],
    ids=["headline", "nothing-left", "behind-dialog", "shown-by-script", "not-closed"],
)
def test_extract_body_reads_misnamed_wrapper(body: str) -> None:
    assert _text(_page(body)).splitlines() == list(OWN)


@pytest.mark.parametrize(
    "body",
    [
        f"<article><header>{HEAD}</header></article><article>{SECTION}</article>",
        f"<div class='part'>{HEAD}</div><div class='part'>{SECTION}</div>",
    ],
    ids=["head-in-own-article", "sections"],
)
def test_extract_body_keeps_sections_of_article(body: str) -> None:
    assert _text(_page(body)).endswith("\n".join(OWN))


@pytest.mark.parametrize(
    "name", ["two-articles", "cookie-dialog-after", "cookie-dialog-before-div-soup"]
)
def test_extract_body_of_page_from_field(shared: Path, name: str) -> None:
    html = (shared / CASES / f"{name}.html").read_text()
    page = parse_page(html)
    assert page is not None
    titles = ("Bank buys mill", page.title)

    blocks = extract_body(page, KnownFields(titles=titles, declared=titles)).blocks

    assert {block.text.partition(" number")[0] for block in blocks} == {"Sentence"}
    assert len(blocks) == html.count("Sentence number")


BRIEF = "A choir sang at the old mill on Monday."
NOTICE = (
    "The Vik Post is a member of the press association and follows its code. Readers can report "
    "errors at any hour of the day, and read the archive of the newspaper since 1911 for free."
)


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>Ferry sails</h1><p>{BRIEF}</p><p>{NOTICE}</p></article>",
        f"<div><h1>Ferry sails</h1><div><p>{NOTICE}</p><p>{BRIEF}</p></div></div>",
        f"<h1>Ferry sails</h1><main><p>{BRIEF}</p><p>{NOTICE}</p><p>{BRIEF[:-1]} too.</p></main>",
    ],
)
def test_short_paragraph_next_to_a_long_one_is_text(body: str) -> None:
    assert BRIEF in _text(_page(body)).split("\n")
