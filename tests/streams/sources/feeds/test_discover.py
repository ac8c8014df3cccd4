import time

import pytest

from streams.sources.feeds.discover import MAX_FOUND, feeds_in_page

PAGE = """<html><head>
<link rel="stylesheet" type="text/css" href="/s.css">
<link rel="alternate" hreflang="de" href="/de/">
<LINK HREF='/rss?a=1&amp;b=2' TYPE='application/rss+xml' REL='alternate' TITLE='All  news'>
<link rel="alternate" type="application/atom+xml; charset=utf-8" href="//cdn.test/atom.xml">
<link rel="alternate" type="application/feed+json" href="feed.json">
</head><body><a href="/rss?a=1&amp;b=2">again</a><a class=x href=/sport/rss.xml title=Sport>s</a>
<a href="mailto:feed@news.test">m</a><a href="/about">a</a></body></html>"""


def test_feeds_in_page_lists_announced_first() -> None:
    found = feeds_in_page(PAGE, url="https://news.test/world/")

    assert [(feed.url, feed.title, feed.announced) for feed in found] == [
        ("https://news.test/rss?a=1&b=2", "All news", True),
        ("https://cdn.test/atom.xml", "", True),
        ("https://news.test/world/feed.json", "", True),
        ("https://news.test/sport/rss.xml", "Sport", False),
    ]


def test_feeds_in_page_resolves_with_base_and_ignores_comments() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="rss">'
    page = f'<base href="/en/"><!-- {link.replace("rss", "old")} -->{link}<!-- {link}'

    found = feeds_in_page(page, url="https://news.test/world/")

    assert [feed.url for feed in found] == ["https://news.test/en/rss"]


@pytest.mark.parametrize("page", ["", "<link", "<link >", '<link rel="alternate" type="x">'])
def test_feeds_in_page_without_feeds_is_empty(page: str) -> None:
    assert feeds_in_page(page, url="https://news.test/") == []


@pytest.mark.parametrize("piece", ["<link ", "<a href=", '<a x="', "<link rel=alternate "])
def test_feeds_in_page_takes_linear_time(piece: str) -> None:
    start = time.process_time()

    feeds_in_page(piece * 50_000, url="https://news.test/")

    assert time.process_time() - start < 3


def test_feeds_in_page_is_limited() -> None:
    page = "".join(f'<a href="/{number}/rss">' for number in range(500))

    assert len(feeds_in_page(page, url="https://news.test/")) == MAX_FOUND
