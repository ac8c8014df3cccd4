"""Extraction by other libraries where our own rules find nothing."""

import subprocess
import sys

import pytest

from streams.clean.extract_fallback import trafilatura_blocks
from streams.clean.html.page import Page, parse_page

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


@pytest.mark.slow
def test_load_all_loads_library() -> None:
    code = """
import sys
from streams.clean.extract_fallback import load_all
load_all()
print("trafilatura" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True"]
