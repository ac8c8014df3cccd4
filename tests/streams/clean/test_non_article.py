"""Pages without an article although the server reported success."""

import pytest

from streams.clean.non_article import PageSignals, drop_reason_of
from streams.outcome import DropReason

URL = "https://news.test/world/bridge-17"
ARTICLE = (
    "The harbor bridge opened to traffic on Monday, three months after a storm damaged it. " * 20
)


def _reason(**changes: object) -> DropReason | None:
    changes = {"is_page": True} | changes
    signals = PageSignals(
        **{name: changes.pop(name) for name in list(changes) if name in PageSignals.__slots__}  # type: ignore[arg-type]
    )
    fields = {"title": "Bridge reopens", "text": "", "url": URL} | changes
    drop = drop_reason_of(signals, **fields)  # type: ignore[arg-type]
    return drop.reason if drop else None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": "404"}, DropReason.NOT_FOUND),
        ({"title": "Page not found - Harbor Times"}, DropReason.NOT_FOUND),
        ({"title": "Seite nicht gefunden"}, DropReason.NOT_FOUND),
        ({"title": "Sorry, this page could not be found"}, DropReason.NOT_FOUND),
        ({"status": 404, "text": ARTICLE}, DropReason.NOT_FOUND),
        ({"status": 410}, DropReason.NOT_FOUND),
        ({"status": 403}, DropReason.BLOCKED),
        ({"status": 503, "text": ARTICLE}, DropReason.BLOCKED),
        ({"title": "Just a moment..."}, DropReason.BLOCKED),
        ({"title": "Access Denied"}, DropReason.BLOCKED),
        ({"text": "Checking your browser before accessing."}, DropReason.BLOCKED),
        ({"words": "Please enable JavaScript to view this site."}, DropReason.SCRIPT_REQUIRED),
        ({"text": "Bitte aktivieren Sie JavaScript."}, DropReason.SCRIPT_REQUIRED),
        ({"title": "Before you continue"}, DropReason.CONSENT_WALL),
        (
            {"text": "We and our partners use cookies for personalised ads. Accept all cookies."},
            DropReason.CONSENT_WALL,
        ),
        ({"url": "https://news.test/", "text": ARTICLE}, DropReason.SECTION_PAGE),
        ({"n_headlines": 40, "text": "Teaser."}, DropReason.SECTION_PAGE),
        ({}, DropReason.EMPTY_SHELL),
    ],
)
def test_drop_reason_of_page_without_article(
    changes: dict[str, object], reason: DropReason
) -> None:
    assert _reason(**changes) is reason


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ARTICLE},
        {"text": ARTICLE, "is_page": True, "n_headlines": 40},
        {"text": ARTICLE, "title": "404 Media sues the harbor", "is_marked": True},
        {"text": ARTICLE * 3, "title": "Access denied: how ports keep robots out"},
        {"text": ARTICLE * 2 + "We use cookies. Our partners do, too.", "title": "Cookies end"},
        {"text": "", "is_page": False},
        {"title": "404", "is_page": False},
        {"title": "404 die in harbor earthquake", "text": ARTICLE},
        {"title": "500 people cross the bridge", "text": "A short item."},
        {"text": "", "is_page": True, "is_marked": True},
        {"text": ARTICLE, "is_page": True, "is_marked": True, "url": "https://news.test/"},
        {"text": "JavaScript is a language. " + ARTICLE, "words": "Enable JavaScript"},
        {"status": 200, "text": "A short item."},
    ],
)
def test_drop_reason_of_article_is_none(changes: dict[str, object]) -> None:
    assert _reason(**changes) is None
