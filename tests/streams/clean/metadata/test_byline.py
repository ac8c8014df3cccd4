"""Names and times printed near a headline."""

import pytest

from streams.clean.body.text_lines import PageLines
from streams.clean.html.page import parse_page
from streams.clean.metadata.byline import byline_authors, byline_days, byline_times, is_person_name
from tests.support.pages import page


def _authors(body: str) -> list[str]:
    parsed = parse_page(page(body))
    assert parsed is not None
    return [author.name for candidate in byline_authors(parsed) for author in candidate.value]


def _times(body: str) -> list[str]:
    parsed = parse_page(page(body))
    assert parsed is not None
    return [candidate.value.time.isoformat() for candidate in byline_times(parsed)]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ('<span class="byline">By Ann Example</span>', ["Ann Example"]),
        ('<a rel="author" href="/x">Ann Example</a>', ["Ann Example"]),
        ('<a href="/autoren/ann">Dr. Ann Example</a>', ["Dr. Ann Example"]),
        (
            '<div class="authors"><a>Ann Example</a><a>Bob Sample</a></div>',
            ["Ann Example", "Bob Sample"],
        ),
        ('<p class="author">von<a href="mailto:a@b.test">Ann Example</a></p>', ["Ann Example"]),
        ('<div class="author">Share</div>', []),
        ('<div class="related"><span class="author">Bob Sample</span></div>', []),
        (f'<div class="author">{"Ann Example writes about ports. " * 20}</div>', []),
        ("<p>Ann Example</p>", []),
    ],
)
def test_byline_authors_are_found(body: str, names: list[str]) -> None:
    assert _authors(body) == names


@pytest.mark.parametrize(
    ("body", "times"),
    [
        ('<time datetime="2026-03-02T08:15:00Z">today</time>', ["2026-03-02T08:15:00+00:00"]),
        ('<span class="date">2 March 2026</span>', ["2026-03-02T00:00:00+00:00"]),
        (
            '<span itemprop="datePublished" content="2026-03-02">x</span>',
            ["2026-03-02T00:00:00+00:00"],
        ),
        ('<span class="updated-date">2 March 2026</span>', []),
        ("<time>Updated 2 March 2026</time>", []),
        ('<aside><time datetime="2026-03-02">x</time></aside>', []),
        ("<time>03/04/2026</time>", []),
    ],
)
def test_byline_times_are_found(body: str, times: list[str]) -> None:
    assert _times(body) == times


@pytest.mark.parametrize(
    ("text", "person"),
    [("Ann Example", True), ("Ann van der Example", True), ("Ann", False), ("Read More", False),
     ("ann example", False), ("A B C D E F G", False), ("Éva Példa", True)],
)  # fmt: skip
def test_is_person_name(text: str, person: bool) -> None:  # noqa: FBT001
    assert is_person_name(text) is person


def test_byline_days_finds_date_on_line_below_headline() -> None:
    html = page().replace("</h1>", "</h1><div>Ann Example | 2 March 2026</div>")
    parsed = parse_page(html)
    assert parsed is not None

    (time,) = byline_days(PageLines(parsed.root).lines)

    assert time.value.time.date().isoformat() == "2026-03-02"
