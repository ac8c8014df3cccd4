"""Compare titles, and remove the site's name from them."""

import re
from collections.abc import Iterable
from typing import Final

_SEPARATOR: Final = re.compile(
    r"\s{1,9}[-–—|·•»«:/~]{1,9}\s{1,9}|\s{0,9}[|｜]\s{0,9}|\s{1,9}::\s{1,9}"
    r"|\s{0,9}_{1,2}(?=[^\W_])"
)
_BAR: Final = re.compile(
    r"\s{1,9}\|{1,9}\s{1,9}|\s{0,9}｜\s{0,9}|(?<=[\u2e80-\ud7af])\s{0,9}[_|]{1,9}\s{0,9}"
    r"|\s{1,9}»\s{1,9}"
)
_TOKEN: Final = re.compile(r"[^\W_]+")
GENERIC_SUFFIXES: Final = frozenset(
    (
        "news",
        "nachrichten",
        "noticias",
        "actualités",
        "notizie",
        "nieuws",
        "новости",
        "online",
        "home",
    )
)
"""Words that are always a suffix, never the second half of a headline: ``… - News``."""

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "å": "a"})
_DASHES: Final = re.compile(r"[‐‑‒–—―−]")

MAX_SUFFIX_WORDS: Final = 6
"""Most words of a site's name; a longer suffix is the second half of a headline."""

# fmt: off
MAX_TITLE_CHARACTERS: Final = 1000
"""A longer text is not a title; comparing its segments takes quadratic time."""

SITE_WORDS: Final = frozenset((
    "news", "online", "home", "www", "com", "co", "org", "net", "de", "fr", "the", "nachrichten",
    "noticias", "actualités", "notizie", "nieuws", "новости", "aktuell", "latest", "breaking",
    "official", "website", "site", "magazine", "newspaper", "edition",
))
# fmt: on
"""Words of a site's suffix in addition to its name: ``- BBC News``, ``| News``."""


def title_key(title: str) -> str:
    """Return the words of a title, case folded, which are equal for all its spellings.

    Examples:
        >>> title_key("Talks – US meets") == title_key("Talks - US meets")
        True
    """
    return " ".join(_TOKEN.findall(title.casefold()))


def without_site(title: str, sites: Iterable[str]) -> str:
    """Remove the site's name from the end or the beginning of a title.

    Removes only complete segments between separators that contain nothing but
    a name of the site, and never the complete title.

    Args:
        title: Title as printed.
        sites: Names of the site: its own name, the label of its domain.

    Examples:
        >>> without_site("Talks - US meets - News", ["Complete News World"])
        'Talks - US meets'
        >>> without_site("Spiegel - a history of mirrors", ["Der Spiegel"])
        'Spiegel - a history of mirrors'
    """
    names = [frozenset(_tokens(site)) for site in sites]
    compact = {_compact(site) for site in sites}
    while True:
        match = _last_separator(title)
        if match is None or not _names_site(title[match.end() :], names, compact):
            break
        title = title[: match.start()]
    match = _SEPARATOR.search(title)
    if match and title[match.start() : match.end()].strip(" ") in {"|", "｜", ":", "»"}:
        rest = title[match.end() :]
        is_site = _compact(title[: match.start()]) in compact
        if is_site and len(_tokens(rest)) > 1:
            title = rest
    return title.strip()


def title_suffix(longer: str, shorter: str) -> str:
    """Return the text after a shorter title and a separator; empty if there is none.

    Examples:
        >>> title_suffix("Rain in May | The News", "Rain in May")
        'The News'
        >>> title_suffix("Rain in May", "Rain")
        ''
    """
    if len(longer) > MAX_TITLE_CHARACTERS:
        return ""
    for match in _SEPARATOR.finditer(longer):
        if title_key(longer[: match.start()]) == title_key(shorter) != "":
            return longer[match.end() :].strip()
    return ""


def title_segments(title: str) -> list[str]:
    """Return the parts of a title between separators, one of which may be the site's name.

    Examples:
        >>> title_segments("Talks | World - The News")
        ['Talks', 'World', 'The News']
    """
    return [part for part in _SEPARATOR.split(title[:MAX_TITLE_CHARACTERS]) if part.strip()]


def short_suffixes(title: str) -> list[str]:
    """Return the text after the last separator of a title if it is the shorter half.

    Examples:
        >>> short_suffixes("Rain in May | The News"), short_suffixes("News | Rain in May")
        (['The News'], [])
    """
    match = _last_separator(title) if len(title) <= MAX_TITLE_CHARACTERS else None
    if match is None or len(title) - match.end() >= match.start():
        return []
    return [title[match.end() :].strip()]


def main_segment(title: str) -> str:
    """Return the first segment of a title between bars, if those behind it are shorter names.

    Only bars are borders, which headlines do not have, unlike dashes and colons.

    Examples:
        >>> main_segment("台风在海湾登陆 多地停课_海湾新闻网_haiwan")
        '台风在海湾登陆 多地停课'
        >>> main_segment("Rain in May | Vik Post"), main_segment("Rain - a history")
        ('Rain in May', 'Rain - a history')
    """
    first, *others = (segment.strip() for segment in _BAR.split(title[:MAX_TITLE_CHARACTERS]))
    is_name = all(
        len(other) < len(first) and len(_tokens(other)) <= MAX_SUFFIX_WORDS for other in others
    )
    return first if others and is_name else title


def same_title(one: str, other: str) -> bool:
    """Return whether two titles differ only in dashes, quotation marks, case and a site's suffix.

    Examples:
        >>> same_title("Talks – US meets – News", "Talks - US meets")
        True
    """
    if title_key(one) == title_key(other):
        return bool(title_key(one))
    suffix = title_suffix(one, other) or title_suffix(other, one)
    return bool(suffix) and len(_tokens(suffix)) <= MAX_SUFFIX_WORDS


def _last_separator(title: str) -> re.Match[str] | None:
    last = None
    for match in _SEPARATOR.finditer(title):
        last = match
    return last if last and last.start() > 0 else None


def _names_site(segment: str, names: list[frozenset[str]], compact: set[str]) -> bool:
    tokens = _tokens(segment)
    if not tokens or len(tokens) > MAX_SUFFIX_WORDS:
        return False
    if _compact(segment) in compact or frozenset(tokens) <= GENERIC_SUFFIXES:
        return True
    own = frozenset(tokens) - SITE_WORDS
    return any(
        frozenset(tokens) <= name or (own and own <= name and name - SITE_WORDS <= own)
        for name in names
    )


def _compact(text: str) -> str:
    """Return a name as spelled in a domain: Börsen-Zeitung has boersen-zeitung.de."""
    return "".join(_tokens(text)).translate(_UMLAUTS)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())
