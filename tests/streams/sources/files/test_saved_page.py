import time

import pytest
from hypothesis import given

from streams.sources.files.saved_page import own_url
from tests.support.strategies import dirty_html

URL = "https://news.test/a/rain-in-oslo"
OTHER = '<link rel="canonical" href="https://x.test/a/snow-2026">'
SAVED = f"<!-- saved from url=(0032){URL} -->"
PAGES = [
    (f'<link rel="canonical" href="{URL}">', URL),
    (f"<LINK REL=canonical HREF={URL} />", URL),
    (f"<link\nhref='{URL}?a=1&amp;b=2'\nrel='shortlink canonical'>", f"{URL}?a=1&b=2"),
    (f'<meta property="og:url" content="{URL}">', URL),
    (f'<meta content="{URL}" name="og:url">', URL),
    (f"<meta property=og:url content=https://x.test/a/b-2><link rel=canonical href={URL}>", URL),
    (SAVED, URL),
    (f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Fri -->", URL),
    (f'{SAVED}<link rel="canonical" href="/a/snow-in-oslo">', "https://news.test/a/snow-in-oslo"),
    # An article of another site, or a home page, is not this page.
    (SAVED + OTHER, URL),
    ('<link rel="canonical" href="https://news.test/">', ""),
    ('<link rel="canonical" href="/a/rain-in-oslo">', ""),
    ('<link rel="stylesheet" href="https://news.test/a.css">', ""),
    ('<link rel="canonical" href="javascript:alert(1)">', ""),
    ("<p>Rain.", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("page", "url"), PAGES, ids=[str(n) for n in range(len(PAGES))])
def test_own_url_is_what_the_page_says(page: str, url: str) -> None:
    assert own_url(page.encode()) == url


@given(dirty_html())
def test_own_url_bears_any_page(page: str) -> None:
    assert isinstance(own_url(page.encode("utf-8", "replace")), str)


HOSTILE = [
    b"<link " * 200_000,
    b"<link rel=canonical " + b"href " * 200_000,
    b"<meta property='og:url' " + b"a='" * 300_000 + b">",
    b"<!-- saved from url=(" + b"0" * 1_000_000,
    b"<link rel=canonical href=" + b"x" * 1_000_000,
    b"<link>" * 200_000,
]


@pytest.mark.parametrize("page", HOSTILE, ids=[str(n) for n in range(len(HOSTILE))])
def test_own_url_takes_no_longer_for_a_hostile_page(page: bytes) -> None:
    start = time.process_time()

    own_url(page)

    assert time.process_time() - start < 1.0
