"""Canonical links that identify a page, and those that do not."""

import pytest

from streams.text.canonical import trusted_canonical


@pytest.mark.parametrize(
    ("declared", "page", "expected"),
    [
        ("https://m.news.test/a", "https://www.news.test/a", "https://m.news.test/a"),
        ("a?id=1", "https://news.test/x/b", "https://news.test/x/a?id=1"),
        ("https://news.test/a", "", "https://news.test/a"),
        ("https://news.test/politics", "https://news.test/politics/a-long-story-1", ""),
        ("https://news.test/", "https://news.test/a", ""),
        (
            "https://news.test/big-fire/",
            "https://news.test/big-fire/amp/",
            "https://news.test/big-fire/",
        ),
        ("https://news.test/opinion", "https://news.test/story-17", ""),
        ("https://evil.test/a", "https://news.test/a", ""),
        ("https://news.co.uk/a", "https://other.co.uk/a", ""),
        ("javascript:void(0)", "https://news.test/a", ""),
        ("", "https://news.test/", ""),
        ("http://[", "https://news.test/a", ""),
    ],
)
def test_trusted_canonical_requires_same_domain(declared: str, page: str, expected: str) -> None:
    assert trusted_canonical(declared, page=page) == expected


SITE = "https://news.test"


@pytest.mark.parametrize(
    ("declared", "page"),
    [
        ("/view.php", "/view.php?id=41"),
        ("/view.php?id=", "/view.php?id=41"),
        ("/article", "/article?id=41"),
        ("/story.asp?cat=2", "/story.asp?cat=2&sid=41"),
        ("/story.asp?cat=2&sid=", "/story.asp?cat=2&sid=41"),
        ("/read-full-news-story.php", "/read-full-news-story.php?n=41"),
        ("/news/detail/", "/news/detail?newsid=88121"),
        ("/node?lang=en", "/node?lang=en&nid=7"),
        ("http://www.news.test/view.php", "/view.php?id=41"),
        ("/a", "/a?b=41"),
    ],
)
def test_canonical_that_loses_the_id_is_not_believed(declared: str, page: str) -> None:
    assert trusted_canonical(declared, page=SITE + page) == ""


@pytest.mark.parametrize(
    ("declared", "page"),
    [
        ("/2026/11/ferry-contract-goes-north", "/2026/11/ferry-contract-goes-north?p=2"),
        ("/news/article-88121", "/news/article-88121?view=full&ref=x"),
        ("/view.php?id=41", "/view.php?id=41&page=2"),
        ("/view.php?id=41", "/view.php?id=41&sessionkind=x"),
        ("/topic.php?t=167", "/topic.php?f=4&sid=58428beaa14598c2e02d93ad5c773e4d&t=167"),
        ("/a", "/a?utm_source=x"),
        ("/a?id=41", "/amp/a?id=41"),
        ("/ferry-wins-contract", "/ferry-wins-contract.amp.html"),
    ],
)  # fmt: skip
def test_canonical_that_keeps_the_id_is_believed(declared: str, page: str) -> None:
    expected = SITE + declared

    assert trusted_canonical(declared, page=SITE + page.replace("utm_source=x", "")) == expected


@pytest.mark.parametrize(
    ("declared", "page"),
    [
        ("/blog/it/author/renzo/", "/blog/it/2026/tram-4-runs-at-night"),
        ("/author/renzo-de-la-cruz-gomez", "/2026/tram-4-runs-at-night"),
        ("/tag/trams-in-the-north-2026", "/2026/tram-4-runs-at-night"),
        ("/login/to-read-this-story-1", "/2026/tram-4-runs-at-night"),
    ],
)
def test_canonical_of_listing_is_not_believed(declared: str, page: str) -> None:
    assert trusted_canonical(declared, page=SITE + page) == ""


def test_canonical_is_confirmed_by_redirect() -> None:
    declared, page = SITE + "/2026/11/ferry", SITE + "/?p=41"

    assert trusted_canonical(declared, page=page) == declared
    assert trusted_canonical(SITE + "/story-7", page=page) == ""
    assert trusted_canonical(SITE + "/story-7", page=page, landed=SITE + "/story-7") != ""
    assert trusted_canonical(SITE + "/login", page=page, landed=SITE + "/login") == ""
