"""Whose words a clean article has: its publisher's, or those of another site's feed."""

from typing import Any

import pytest

from streams.clean.article import clean_article
from streams.outcome import Emit
from streams.records import CleanArticle, HttpInfo
from tests.support.builders import raw_article

LINK = "https://www.paper.test/2026/bank-reports-growth-in-spring"
TEXT = "".join(
    f"<p>The bank reported for branch {n} a growth of {n} percent in spring.</p>" for n in range(30)
)
PAGE = "<html><head><title>Bank reports growth in spring</title>"
PAGE += (
    f"</head><body><article><h1>Bank reports growth in spring</h1>{TEXT}</article></body></html>"
)
WALL = (
    "<html><head><title>Just a moment...</title></head>"
    "<body><p>Verify you are human.</p></body></html>"
)


def cleaned(**fields: Any) -> CleanArticle:
    """Return the clean article of an entry of the feed `evil`."""
    raw = raw_article(
        **{
            "url": LINK,
            "source": "evil",
            "feed_url": "https://evil.test/rss",
            "title": "Bank closes all branches",
            "summary": "The bank closes its branches in spring, all of them.",
            "published": "",
            "authors": (),
            "content_type": "text/html",
            "http": HttpInfo(status=200),
        }
        | fields
    )
    outcome = clean_article(raw, max_page_bytes=2_000_000)
    assert isinstance(outcome, Emit)
    return outcome.record


def test_page_of_publisher_speaks_whoever_led_there() -> None:
    article = cleaned(body=PAGE, announced_by="evil", authors=("Mallory",))

    assert (article.claimed_by, article.title) == ("", "Bank reports growth in spring")
    assert article.authors == ()
    assert "closes" not in article.text


def test_page_behind_redirector_is_its_publishers() -> None:
    article = cleaned(
        body=PAGE,
        url="https://t.example/x7",
        announced_by="evil",
        http=HttpInfo(status=200, url=LINK),
    )

    assert (article.claimed_by, article.url, article.site.domain) == ("", LINK, "paper.test")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"body": WALL, "announced_by": "evil"}, id="wall"),
        pytest.param({"body": "<html><body></body></html>", "announced_by": "evil"}, id="empty"),
        pytest.param({"body": TEXT, "claimed_by": "evil", "http": None}, id="own-text"),
        pytest.param(
            {"body": PAGE, "announced_by": "evil", "http": HttpInfo(status=503)}, id="failed"
        ),
        pytest.param(
            {
                "body": PAGE,
                "announced_by": "evil",
                "http": HttpInfo(status=200, url="https://evil.test/login"),
            },
            id="page-of-another-site",
        ),
    ],
)
def test_words_of_feed_are_its_claim(fields: dict[str, Any]) -> None:
    assert cleaned(**fields).claimed_by == "evil"


def test_words_of_publishers_own_feed_are_no_claim() -> None:
    article = cleaned(body=WALL, source="paper", feed_url="https://paper.test/rss")

    assert (article.claimed_by, article.title) == ("", "Bank closes all branches")


def test_canonical_of_another_blog_on_one_host_is_a_claim() -> None:
    page = PAGE.replace(
        "</head>",
        '<link rel="canonical" href="https://ann.blogspot.com/2026/growth-7.html"></head>',
    )

    article = cleaned(
        body=page, url="https://eve.blogspot.com/2026/growth-7.html", source="eve", title=""
    )

    assert (article.url, article.claimed_by) == (
        "https://ann.blogspot.com/2026/growth-7.html",
        "eve",
    )


def test_receipt_names_why_page_was_not_used() -> None:
    article = cleaned(body="Rain.", http=None, page_problem="HTTP 503 Busy, 3 tries")

    assert "page not used: HTTP 503 Busy, 3 tries" in article.receipts[0].evidence
