"""Extraction by other libraries where our own rules find nothing."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from streams.clean.extract_fallback import htmldate_candidates, trafilatura_blocks
from streams.clean.html.page import Page, parse_page

FETCHED = datetime(2026, 3, 2, tzinfo=UTC)
SENTENCE = "The harbor bridge opened to traffic on Monday, three months after a storm damaged it. "


def page(body: str) -> Page:
    """Return a page with an empty head."""
    parsed = parse_page(f"<html><body>{body}</body></html>")
    assert parsed is not None
    return parsed


def test_trafilatura_blocks_returns_paragraphs() -> None:
    blocks = trafilatura_blocks(
        page(f"<article><p>{SENTENCE * 2}</p><p>{SENTENCE * 3}</p></article>")
    )

    assert [block.text for block in blocks] == [(SENTENCE * 2).strip(), (SENTENCE * 3).strip()]


def test_trafilatura_blocks_ignores_notice() -> None:
    assert trafilatura_blocks(page("<p>Please enable cookies.</p>")) == []


@pytest.mark.parametrize(
    ("body", "day"),
    [("<div>Posted on 14 January 2026 by the desk</div>", "2026-01-14"), ("<p>Rain.</p>", None)],
)
@pytest.mark.slow
def test_htmldate_candidates_find_printed_day(body: str, day: str | None) -> None:
    days = [
        c.value.time.date().isoformat()
        for c in htmldate_candidates(page(body), url="", fetched=FETCHED)
    ]

    assert days == ([day] if day else [])


@pytest.mark.slow
def test_htmldate_candidates_find_nothing_after_fetch() -> None:
    body = "<div>Posted on 14 January 2027 by the desk</div>"

    assert list(htmldate_candidates(page(body), url="", fetched=FETCHED)) == []


@pytest.mark.slow
def test_load_all_loads_all_libraries() -> None:
    code = """
import sys
from streams.clean.extract_fallback import load_all
load_all()
print(*("trafilatura" in sys.modules, "dateparser" in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "True"]
