"""Judge whether the URL that a page declares as its own identifies it."""

import re
from typing import Final
from urllib.parse import unquote_plus

import ada_url

from streams.text.urls import canonical_url, is_article_url, page_variants, registrable_domain

_VARIANT = re.compile(
    r"(?:/|\.)(?:amp|amphtml|print|share)(?:\.html?)?/?$|^/amp(?=/)", re.IGNORECASE
)
"""The name of another presentation of a page in its path."""

MAX_SECTION_HYPHENS: Final = 2
"""Sections are called ``middle-east`` or ``science-and-environment``; headlines have more words."""

_LISTING: Final = frozenset((
    "author", "authors", "autor", "autoren", "autores", "auteur", "auteurs", "autore", "autori",
    "yazar", "byline", "tag", "tags", "etiqueta", "etiquetas", "topic", "topics",
    "category", "categories", "categoria", "kategorie", "kategoria", "rubrik", "rubrique",
    "search", "suche", "login", "error",
))  # fmt: skip
"""Parts of paths of pages that list articles, or that refuse one."""

_PROGRAM: Final = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|cgi|pl|do|dll|action)$", re.IGNORECASE)
"""Programs: their path is the same for all articles, and the query names the article."""

_ID_KEY: Final = re.compile(
    r"(?:^|_|-)(?:id|p|no|nr|num|key|doc|guid|uuid|code|item|node|story|article|artikel|news|post)$"
    r"|(?:id|story|article|artikel|news|post|item|code)$",
    re.IGNORECASE,
)
"""Query keys that name an article: ``id``, ``storyid``, ``news_id``, ``article`` …"""

MIN_SESSION_CHARACTERS: Final = 20
"""Fewest letters and digits of a session id: those of PHP have 26 or 32."""

_LONG_NUMBER: Final = re.compile(r"\d{5}")
"""A number in a path that identifies an article."""

_YEAR_AND_MONTH: Final = re.compile(r"/\d{4}/\d{1,2}/")
"""A year and month in a path; a name after them identifies an article."""


def trusted_canonical(declared: str, *, page: str, landed: str = "") -> str:
    """Return the URL that a page declares as its own, if the declaration is credible.

    Some pages declare by mistake the site's root, a section, the template of all articles, or a
    page of another site: such a declaration would merge unrelated articles. If in doubt, it is not
    believed: two URLs of one article are found by their text, but of two articles under one URL
    one is lost.

    Args:
        declared: ``rel=canonical`` or ``og:url``, absolute or relative to ``page``.
        page: URL that identifies the page so far; empty if unknown.
        landed: URL to which its server redirected; it confirms a declared URL that is the same.

    Returns:
        The declared URL in canonical spelling; empty if it is not credible.

    References:
        RFC 6596 (the canonical link relation), section 5: it may be ignored.

    Examples:
        >>> trusted_canonical("/rain-in-oslo-ends", page="https://news.test/rain-in-oslo-ends?p=2")
        'https://news.test/rain-in-oslo-ends'
        >>> trusted_canonical("/view.php", page="https://news.test/view.php?id=41")
        ''
        >>> trusted_canonical("https://www.news.test/", page="https://www.news.test/a")
        ''
        >>> trusted_canonical("https://other.test/a", page="https://www.news.test/a")
        ''
    """
    try:
        absolute = ada_url.join_url(page, declared) if page else declared
        canonical = canonical_url(absolute)
    except ValueError:
        return ""
    if not is_article_url(canonical):
        return ""
    if page and not _is_near(canonical, page):
        return ""
    if page and _loses_identity(canonical, page) and not _is_same(canonical, landed):
        return ""
    return canonical


def _is_same(canonical: str, landed: str) -> bool:
    try:
        return bool(landed) and canonical in page_variants(canonical_url(landed))
    except ValueError:
        return False


def _is_near(canonical: str, page: str) -> bool:
    """Return whether a URL is on the page's domain and is not a section declared by an article."""
    if registrable_domain(canonical) != registrable_domain(page):
        return False
    if _path(canonical) == _path(page):
        return True
    if _looks_like_section(page):
        return True
    return not _looks_like_section(canonical) and not _parts(canonical) & _LISTING - _parts(page)


def _loses_identity(canonical: str, page: str) -> bool:
    """Return whether a URL only drops or blanks the part of a page's query that names the article.

    The query does not name it where the path does: with a headline or a long number.
    """
    own, declared = _pairs(page), _pairs(canonical)
    lost = {key: value for key, value in own.items() if value and not declared.get(key)}
    if not lost or _identifies(_path(canonical)):
        return False
    if any(key in declared for key in lost):
        return True
    keeps_some = any(value and declared.get(key) == value for key, value in own.items())
    # A session id is dropped beside the id of the article, which stays.
    ids = [key for key, value in lost.items() if _ID_KEY.search(key) and not _is_session(value)]
    return bool(ids) or not keeps_some


def _is_session(value: str) -> bool:
    return len(value) >= MIN_SESSION_CHARACTERS and value.isalnum()


def _identifies(path: str) -> bool:
    last = path.rstrip("/").rpartition("/")[2]
    if _PROGRAM.search(last):
        return False
    month = _YEAR_AND_MONTH.search(path)
    is_dated = month is not None and re.search(r"[a-z]", path[month.end() :]) is not None
    return is_dated or bool(_LONG_NUMBER.search(path)) or _n_hyphens(last) > MAX_SECTION_HYPHENS


def _looks_like_section(url: str) -> bool:
    """Return whether a path has no digit and ends in few words, as those of sections do."""
    path = _path(url)
    if any(_pairs(url).values()) or any(character.isdigit() for character in path):
        return False
    last = _VARIANT.sub("", path).rstrip("/").rpartition("/")[2]
    return _n_hyphens(last) <= MAX_SECTION_HYPHENS


def _n_hyphens(text: str) -> int:
    return text.count("-") + text.count("_")


def _path(url: str) -> str:
    """Return the path without the slash at its end, and without the name of a variant."""
    path = "/" + url.partition("://")[2].partition("/")[2].partition("?")[0]
    return _VARIANT.sub("", path).rstrip("/")


def _parts(url: str) -> set[str]:
    """Return the parts of a path but the last, which may be a headline."""
    return set(_path(url).lower().split("/")[:-1])


def _pairs(url: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in url.partition("?")[2].split("&") if pair)
    return {unquote_plus(key).lower(): value for key, _, value in pairs}
