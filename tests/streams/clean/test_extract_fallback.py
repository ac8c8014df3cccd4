"""What is asked only where our own reading found nothing."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from streams.clean.extract_fallback import htmldate_candidates, trafilatura_blocks
from streams.clean.html.page import Page, parse_page

FETCHED = datetime(2026, 3, 2, tzinfo=UTC)
SENTENCE = "The harbor bridge opened to traffic on Monday, three months after a storm damaged it. "


def page(body: str) -> Page:
    """A page with nothing in its head."""
    found = parse_page(f"<html><body>{body}</body></html>")
    assert found is not None
    return found


def test_trafilatura_blocks_gives_the_paragraphs_of_a_page() -> None:
    blocks = trafilatura_blocks(
        page(f"<article><p>{SENTENCE * 2}</p><p>{SENTENCE * 3}</p></article>")
    )

    assert [block.text for block in blocks] == [(SENTENCE * 2).strip(), (SENTENCE * 3).strip()]


def test_trafilatura_blocks_takes_a_notice_for_no_text() -> None:
    assert trafilatura_blocks(page("<p>Please enable cookies.</p>")) == []


@pytest.mark.parametrize(
    ("body", "day"),
    [("<div>Posted on 14 January 2026 by the desk</div>", "2026-01-14"), ("<p>Rain.</p>", None)],
)
@pytest.mark.slow
def test_guessed_times_finds_the_day_that_stands_on_the_page(body: str, day: str | None) -> None:
    found = [
        c.value.time.date().isoformat()
        for c in htmldate_candidates(page(body), url="", fetched=FETCHED)
    ]

    assert found == ([day] if day else [])


@pytest.mark.slow
def test_guessed_times_finds_nothing_after_the_fetch() -> None:
    body = "<div>Posted on 14 January 2027 by the desk</div>"

    assert list(htmldate_candidates(page(body), url="", fetched=FETCHED)) == []


@pytest.mark.slow
def test_load_all_leaves_nothing_to_be_loaded_by_a_page() -> None:
    code = """
import sys
from streams.clean.extract_fallback import load_all
load_all()
print(*("trafilatura" in sys.modules, "dateparser" in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "True"]
