"""Find candidates for site name, section, image and paywall of a page."""

from collections.abc import Iterator
from typing import Any, Final

import ada_url

from streams.clean.candidates import Candidate
from streams.clean.html.json_ld import ARTICLE_TYPES, Node, text_of, texts_of, types_of
from streams.clean.html.page import Page
from streams.text.characters import clean_line, without_entities

MAX_NAME_CHARACTERS: Final = 100
"""Longest section or site name; a longer text is a description in the wrong place."""

PAGE_TYPES: Final = frozenset({"WebPage", "ItemPage", "WebPageElement", "CreativeWork"})
"""Types of the page around an article, and of its parts (schema.org, 2026-11)."""

SITE_TYPES: Final = frozenset({"WebSite", "NewsMediaOrganization"})


def site_name_candidates(page: Page, node: Node) -> Iterator[Candidate[str]]:
    """Yield the names of the site."""
    of_sites = (text_of(n.get("name")) for n in page.nodes if types_of(n) & SITE_TYPES)
    places = [
        ("og", page.first("og:site_name"), 0.95),
        ("json-ld", text_of(node.get("publisher")), 0.85),
        ("meta", page.first("application-name", "apple-mobile-web-app-title"), 0.7),
        *(("json-ld-site", name, 0.6) for name in of_sites),
        ("meta", page.first("publisher", "dc.publisher", "copyright"), 0.5),
    ]
    for source, text, trust in places:
        line = clean_line(without_entities(text)).removeprefix("@")
        if line and len(line) <= MAX_NAME_CHARACTERS and "://" not in line:
            yield Candidate(line, source, trust)


def section_candidates(page: Page, node: Node) -> Iterator[Candidate[str]]:
    """Yield the section of the site that contains the article."""
    places = (
        ("json-ld", text_of(node.get("articleSection")), 0.9),
        (
            "meta",
            page.first("article:section", "og:article:section", "section", "cxenseparse:section"),
            0.9,
        ),
        ("meta", page.first("parsely-section", "category"), 0.7),
    )
    for source, text, trust in places:
        line = clean_line(without_entities(text))
        if line and len(line) <= MAX_NAME_CHARACTERS and "://" not in line:
            yield Candidate(line, source, trust)


def image_candidates(page: Page, node: Node, *, base: str) -> Iterator[Candidate[str]]:
    """Yield the absolute URL of the lead image."""
    places = (
        ("og", page.first("og:image", "og:image:url", "og:image:secure_url"), 0.9),
        ("json-ld", _image(node.get("image")), 0.8),
        ("twitter", page.first("twitter:image", "twitter:image:src"), 0.7),
    )
    for source, text, trust in places:
        url = _absolute(clean_line(text), base)
        if url:
            yield Candidate(url, source, trust)


def paywall_candidates(page: Page, node: Node) -> Candidate[bool] | None:
    """Return whether the page declares its text as not free; None if it declares neither.

    References:
        schema.org ``isAccessibleForFree`` of article, parts (``hasPart``) and page; Google Search
        Central, "Subscription and paywalled content"; Facebook's
        ``article:content_tier`` (free, metered, locked).
    """
    own = _is_free(node)
    parts = [_is_free(part) for part in _dicts(node.get("hasPart"))]
    if own is False or False in parts:
        return Candidate(value=True, source="json-ld", trust=0.9)
    if own:
        return Candidate(value=False, source="json-ld", trust=0.9)
    tier = page.first("article:content_tier").lower()
    if tier in {"free", "metered", "locked"}:
        return Candidate(tier == "locked", "meta", 0.8)
    pages = [n for n in page.nodes if types_of(n) & PAGE_TYPES]
    of_pages = {
        free
        for n in pages
        for free in map(_is_free, (n, *_dicts(n.get("hasPart"))))
        if free is not None
    }
    return Candidate(False in of_pages, "json-ld-page", 0.7) if of_pages else None


def _is_free(node: Node) -> bool | None:
    """Return whether a node says that its text is free; None if it does not say."""
    free = node.get("isAccessibleForFree")
    value = str(free[0] if isinstance(free, list) and free else free).rpartition("/")[2].lower()
    if value in {"true", "1", "yes"}:
        return True
    return False if value in {"false", "0", "no"} else None


def _dicts(value: Any) -> list[Node]:
    """Return the parts of a page in a value; articles elsewhere are none."""
    items = value if isinstance(value, list) else [value]
    return [i for i in items if isinstance(i, dict) and not types_of(i) & ARTICLE_TYPES]


def _image(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, dict):
        first = first.get("url") or first.get("contentUrl") or first.get("@id")
    return next(iter(texts_of(first)), "")


def _absolute(url: str, base: str) -> str:
    """Resolve a URL against the page; empty for a ``data:`` URL or another scheme."""
    if not url or url.startswith("data:"):
        return ""
    try:
        absolute: str = ada_url.join_url(base, url) if base else ada_url.normalize_url(url)
    except ValueError:
        return ""
    return absolute if absolute.startswith(("http://", "https://")) else ""
