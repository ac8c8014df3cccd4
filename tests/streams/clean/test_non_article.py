"""Pages without an article although the server reported success."""

import pytest

from streams.clean.non_article import PageSignals, drop_reason_of
from streams.clean.walls.prose import PrintedLine
from streams.outcome import DropReason

URL = "https://news.test/world/bridge-17"
ARTICLE = (
    "The harbor bridge opened to traffic on Monday, three months after a storm damaged it.\n"
    "The city will sell the ferries to the island, which has asked for them for years.\n" * 10
)
LINKS = tuple(
    PrintedLine(f"Headline number {n} of the front page", is_link=True) for n in range(40)
)


def _reason(**changes: object) -> DropReason | None:
    changes = {"is_page": True, "titles": ("Bridge reopens",)} | changes
    signals = PageSignals(
        **{name: changes.pop(name) for name in list(changes) if name in PageSignals.__slots__}  # type: ignore[arg-type]
    )
    fields = {"text": "", "url": URL} | changes
    drop = drop_reason_of(signals, **fields)  # type: ignore[arg-type]
    return drop.reason if drop else None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"titles": ("404",)}, DropReason.NOT_FOUND),
        ({"titles": ("Page not found - Harbor Times",)}, DropReason.NOT_FOUND),
        ({"titles": ("Harbor Times",), "heading": "Seite nicht gefunden"}, DropReason.NOT_FOUND),
        ({"titles": ("Sorry, this page could not be found",)}, DropReason.NOT_FOUND),
        ({"status": 404, "text": ARTICLE}, DropReason.NOT_FOUND),
        ({"status": 410}, DropReason.NOT_FOUND),
        ({"status": 403}, DropReason.BLOCKED),
        ({"status": 503, "text": ARTICLE}, DropReason.BLOCKED),
        ({"titles": ("Just a moment...",)}, DropReason.BLOCKED),
        ({"titles": ("Access Denied",)}, DropReason.BLOCKED),
        ({"text": "We are checking your browser before you proceed."}, DropReason.BLOCKED),
        ({"noscript": "Please enable JavaScript to view this site."}, DropReason.SCRIPT_REQUIRED),
        ({"text": "Bitte aktivieren Sie JavaScript."}, DropReason.SCRIPT_REQUIRED),
        (
            {"noscript": "Enable JavaScript!", "lines": (PrintedLine("The Harbor Times of Vik"),)},
            DropReason.SCRIPT_REQUIRED,
        ),
        ({"titles": ("Before you continue",)}, DropReason.CONSENT_WALL),
        (
            {"text": "We and our partners use cookies for personalised ads. Accept all cookies."},
            DropReason.CONSENT_WALL,
        ),
        ({"url": "https://news.test/", "text": ARTICLE}, DropReason.SECTION_PAGE),
        ({"landed": "https://news.test/", "text": ARTICLE}, DropReason.SECTION_PAGE),
        ({"n_headlines": 40, "lines": LINKS, "text": "Teaser."}, DropReason.SECTION_PAGE),
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
        {"text": ARTICLE, "n_headlines": 40},
        {"text": ARTICLE, "titles": ("404 Media sues the harbor",)},
        {"text": ARTICLE, "titles": ("404",)},
        {"text": ARTICLE, "titles": ("Access denied",)},
        {"text": ARTICLE + "We use cookies. Our partners do, too.", "titles": ("Cookies end",)},
        {"text": "", "is_page": False},
        {"titles": ("404",), "is_page": False},
        {"titles": ("404 die in harbor earthquake",), "text": ARTICLE[:85]},
        {"titles": ("500 people cross the bridge",), "text": "A short item."},
        {"text": "", "is_marked": True},
        {
            "text": "",
            "is_marked": True,
            "titles": ("Bridge over the bay reopens",),
            "heading": "Log in",
        },
        {"text": ARTICLE, "is_marked": True, "url": "https://news.test/"},
        {"text": "JavaScript is a language. " + ARTICLE, "noscript": "Enable JavaScript"},
        {"text": "A short item."},
        {
            "text": ARTICLE[:168],
            "n_headlines": 40,
            "lines": (*map(PrintedLine, ARTICLE.split("\n")), *LINKS),
        },
    ],
)
def test_drop_reason_of_article_is_none(changes: dict[str, object]) -> None:
    assert _reason(**changes) is None
