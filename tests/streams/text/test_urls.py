"""Canonical URLs."""

from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from streams.text.urls import (
    canonical_url,
    is_article_url,
    is_tracking_parameter,
    page_variants,
    registrable_domain,
    without_scheme,
)


def _canonical_or_none(url: str) -> str | None:
    try:
        return canonical_url(url)
    except ValueError:
        return None


@given(urls())
def test_canonical_url_is_idempotent(url: str) -> None:
    once = _canonical_or_none(url)
    assume(once is not None)

    assert once is not None
    assert canonical_url(once) == once


@given(st.text())
@example("%%34%31")
@example("..%2f%2e%2e/\\x")
@example("?%75tm_source=1&%26=%3d&&=")
@example("\ud800")
def test_canonical_url_is_idempotent_for_any_path(rest: str) -> None:
    once = _canonical_or_none("http://news.test/" + rest)
    assume(once is not None)

    assert once is not None
    assert canonical_url(once) == once


@given(st.text())
def test_canonical_url_accepts_any_text_or_raises_value_error(text: str) -> None:
    assert _canonical_or_none(text) is None or text.strip()


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://NEWS.TEST:80", "http://news.test/"),
        ("https://news.test/a#comments", "https://news.test/a"),
        ("https://news.test/a?utm_source=x&UTM_Medium=y&id=7", "https://news.test/a?id=7"),
        ("https://news.test/a?fbclid=1", "https://news.test/a"),
        ("https://news.test/a?b=2&a=2&a=1", "https://news.test/a?a=1&a=2&b=2"),
        ("https://news.test/%7Eann/%c3%a9", "https://news.test/~ann/%C3%A9"),
        ("https://news.test/é", "https://news.test/%C3%A9"),
        ("https://nachrichten-ü.test/a", "https://xn--nachrichten--olb.test/a"),
        ("https://news.test/a/../b/./c", "https://news.test/b/c"),
        ("https://ann:secret@news.test/a", "https://news.test/a"),
        ("  https://news.test/a\n", "https://news.test/a"),
        ("https://news.test/a/", "https://news.test/a/"),
        ("https://news.test/a?q=a+b", "https://news.test/a?q=a+b"),
    ],
)
def test_canonical_url_normalizes(given_url: str, expected: str) -> None:
    assert canonical_url(given_url) == expected


@pytest.mark.parametrize(
    "url",
    ["", "/a", "news.test/a", "ftp://news.test/a", "mailto:a@news.test", "http://", "x" * 9000],
)
def test_canonical_url_refuses_invalid_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|scheme|longer"):
        canonical_url(url)


def test_canonical_url_refuses_long_result() -> None:
    with pytest.raises(ValueError, match="longer"):
        canonical_url("https://news.test/" + "é" * 4000)


def test_canonical_url_removes_only_given_keys() -> None:
    url = "https://news.test/a?utm_source=x&p=1"

    assert canonical_url(url, tracking=frozenset()) == "https://news.test/a?p=1&utm_source=x"


def test_tracking_prefix_requires_underscore() -> None:
    assert not is_tracking_parameter("utm")
    assert is_tracking_parameter("utm_anything")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.news.com.au/a", "news.com.au"),
        ("https://a.b.news.test/", "news.test"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://localhost/", "localhost"),
        ("", ""),
    ],
)
def test_registrable_domain(url: str, expected: str) -> None:
    assert registrable_domain(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.test", False),
        ("https://news.test/", False),
        ("https://news.test/index.php", False),
        ("https://news.test/home", False),
        ("https://news.test/?p=17", True),
        ("https://news.test/2026/01/a", True),
        ("nothing", False),
    ],
)
def test_is_article_url(url: str, expected: bool) -> None:  # noqa: FBT001
    assert is_article_url(url) is expected


def test_canonical_url_of_reported_parameters(shared: Path) -> None:
    text = (shared / "cases/sources/32-tracking-parameters/urls.txt").read_text()
    urls_ = text.split()

    page = "https://news.example/2026/11/tram-four"
    assert {canonical_url(url) for url in urls_[:32]} == {page}
    assert [canonical_url(url) for url in urls_[32:]] == urls_[32:]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("ref=RSS_top", ""),
        ("from=newsletter-daily&id=3", "id=3"),
        ("source=feed.main", ""),
        ("amp", ""),
        ("amp=1&p=2", "p=2"),
        ("view=amp", ""),
        ("amp;amp;utm_source=x&amp;id=7", "id=7"),
        ("gaa_new=1", ""),
        ("ref=4711", "ref=4711"),
        ("source=ap", "source=ap"),
        ("from=oslo", "from=oslo"),
        ("amp=220", "amp=220"),
        ("view=story", "view=story"),
        ("type=feed", "type=feed"),
        ("topic=rss", "topic=rss"),
        ("ref=rssing-tide", "ref=rssing-tide"),
    ],
)
def test_canonical_url_reads_value_of_ambiguous_key(query: str, kept: str) -> None:
    assert canonical_url(f"https://news.test/a?{query}").partition("?")[2] == kept


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://www-news-test.cdn.ampproject.org/c/s/www.news.test/a", "https://www.news.test/a"),
        (
            "https://cdn.ampproject.org/v/s/news.test/a?amp_js_v=0.1&id=2",
            "https://news.test/a?id=2",
        ),
        ("https://news-test.cdn.ampproject.org/c/news.test:8080/a", "http://news.test:8080/a"),
        ("https://www.google.com/amp/s/news.test/a/amp/", "https://news.test/a/amp/"),
        ("https://www-news-test.bing-amp.com/c/s/www.news.test/a", "https://www.news.test/a"),
        ("https://cdn.ampproject.org/c/s/google.com/amp/s/news.test/a", "https://news.test/a"),
        ("https://www.google.com/amp/", "https://www.google.com/amp/"),
        ("https://www.google.com/amp/s/", "https://www.google.com/amp/s/"),
        ("https://news.test/c/s/other.test/a", "https://news.test/c/s/other.test/a"),
        ("https://x.cdn.ampproject.org/c/s/[/a", "https://x.cdn.ampproject.org/c/s/[/a"),
    ],
)
def test_canonical_url_of_amp_cache_is_page(url: str, page: str) -> None:
    assert canonical_url(url) == page
    assert canonical_url(page) == page


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://news.test/a", "https://www.news.test/a", True),
        ("https://www.news.test/a", "https://news.test/a", True),
        ("https://m.news.test/a", "https://news.test/a", False),
        ("https://www.test/a", "https://test/a", False),
        ("https://news.test/a", "https://news.test/b", False),
    ],
)
def test_page_variants_differ_in_scheme_and_www(one: str, other: str, *, same: bool) -> None:
    assert (other in page_variants(one)) is same
    assert (without_scheme(one) == without_scheme(other)) is same


@pytest.mark.parametrize(
    "url",
    [
        "https://news.test/a;jsessionid=0A1B2C.node1?id=7",
        "https://news.test/a?PHPSESSID=0a1b2c&id=7",
        "https://www.bing.com/amp/s/news.test/a?id=7",
    ],
)
def test_canonical_url_has_no_session_and_no_viewer(url: str) -> None:
    assert canonical_url(url) == "https://news.test/a?id=7"
