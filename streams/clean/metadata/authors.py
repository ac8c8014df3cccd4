"""Parse printed names to authors with their kind."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from streams.clean.candidates import Candidate
from streams.clean.html.json_ld import Node, texts_of, types_of
from streams.clean.html.page import Page
from streams.clean.metadata.agency import agency_named
from streams.records.clean import Author, AuthorKind
from streams.text.characters import clean_line, without_entities

MAX_NAME_CHARACTERS: Final = 80
"""Longest name; the longest in the bylines of 252 pages has 49 characters."""

MAX_AUTHORS: Final = 25

_BY: Final = re.compile(
    r"^(?:written by|story by|text by|words by|reported by|by|von|par|por|di|door|av|af|przez|"
    r"autorin|autor|author|text|texte|tekst|от|автор|redaktion:)\s*:?\s+",
    re.IGNORECASE,
)
_JOINT: Final = re.compile(
    r"\s*(?:[;|•·]|,(?!\s*(?:Jr|Sr|MD|PhD|II|III)\b)|\s(?:and|und|et|y|e|en|og|och|i|&|\+)\s)\s*"
)
_ADDRESS: Final = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\B@\w+")
_BRACKETED: Final = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_NO_NAME: Final = re.compile(
    r"(?:staff|staff (?:writer|reporter)s?|(?:web|news)? ?desk|editor(?:s|ial)?(?: team)?|"
    r"newsroom|"
    r"admin(?:istrator)?|redaktion|redaktion .*|die redaktion|rédaction|la rédaction|redacción|"
    r"redazione|redactie|redaktionen|редакция|guest|guest (?:author|writer)|contributor|"
    r"author|autor|"
    r"unknown|anonymous|null|none|undefined|n/a|our (?:correspondent|reporter|bureau)|"
    r"special correspondent|correspondent|reporter|journalist|publisher|\W*)",
    re.IGNORECASE,
)
"""Words that publishers write in place of a name."""

_ROLE: Final = re.compile(
    r"[,–—|-]\s*(?:[\w ]{0,30}\b(?:correspondent|reporter|editor|writer|analyst|columnist|"
    r"journalist|"
    r"producer|photographer|presenter|contributor|redakteur(?:in)?|reporterin|korrespondent(?:in)?|"
    r"journaliste|correspondante?|redactor(?:a)?)\b.*)$",
    re.IGNORECASE,
)
_ORGANIZATION: Final = re.compile(
    r"\b(?:news|press|presse|agency|agentur|agence|agencia|media|group|times|post|newsroom|team|"
    r"staff|desk|editorial|board|bureau|redaktion|rédaction|redacción|zeitung|online|tv|radio|"
    r"network|institute|university|foundation|society|office|service|ministry|association|union|"
    r"magazine|journal|gmbh|inc|ltd)\b|\.\w{2,3}$|^(?:the|le|la|el|die|der|das) \w+$",
    re.IGNORECASE,
)
_INITIALS: Final = re.compile(r"[A-ZÄÖÜ]{2,6}")
"""A name of capitals only, which is that of an agency or a desk: ``SDA``, ``MTI``."""

_TIMEISH: Final = re.compile(r"\d{4}|\d{1,2}:\d{2}|\b\d+\b")


def authors_in(names: Iterable[str], *, kind: AuthorKind | None = None) -> tuple[Author, ...]:
    """Parse names, each of which may be a list of several, to authors.

    Leaves out "Staff", addresses, dates and roles. Returns each name once, in order.

    Args:
        names: Names as printed: ``By Jane Doe and John Roe, Science Editor``.
        kind: Kind that the page declares; None to infer it from each name.

    Examples:
        >>> [author.name for author in authors_in(["By Jane Doe and John Roe", "Staff"])]
        ['Jane Doe', 'John Roe']
        >>> authors_in(["dpa"])[0].kind.value
        'organization'
    """
    authors: dict[str, Author] = {}
    for name in names:
        line = _ROLE.sub("", _BY.sub("", clean_line(without_entities(name))))
        for part in _JOINT.split(_BRACKETED.sub(" ", _ADDRESS.sub("", line))):
            author = _author(part, kind)
            if author is not None:
                authors.setdefault(author.name.casefold(), author)
    return tuple(authors.values())[:MAX_AUTHORS]


def author_candidates(page: Page, node: Node) -> Iterator[Candidate[tuple[Author, ...]]]:
    """Yield the authors of a page, one candidate for each place."""
    by_node = _authors_of_node(node)
    if by_node:
        yield Candidate(by_node, "json-ld", 0.9)
    for names, trust in (
        (("author", "article:author", "og:article:author", "byl", "authors"), 0.8),
        (
            (
                "parsely-author",
                "dc.creator",
                "dcterms.creator",
                "sailthru.author",
                "cxenseparse:author",
            ),
            0.8,
        ),
        (("twitter:data1",), 0.2),
    ):
        contents = [content for name in names for content in page.all(name)]
        authors = authors_in(contents)
        if authors:
            yield Candidate(authors, "meta", trust)


def same_authors(one: tuple[Author, ...], other: tuple[Author, ...]) -> bool:
    """Return whether two places name the same authors."""
    return {a.name.casefold() for a in one} == {a.name.casefold() for a in other}


def authors_text(authors: tuple[Author, ...]) -> str:
    """Return the names of authors as one text."""
    return ", ".join(author.name for author in authors)


def _authors_of_node(node: Node) -> tuple[Author, ...]:
    contents = node.get("author") or node.get("creator")
    authors: list[Author] = []
    for item in contents if isinstance(contents, list) else [contents]:
        kind = _kind(item)
        authors.extend(authors_in(texts_of(_name_of(item)), kind=kind))
    return tuple({author.name.casefold(): author for author in authors}.values())[:MAX_AUTHORS]


def _name_of(item: Any) -> Any:
    return item.get("name") if isinstance(item, dict) else item


def _kind(item: Any) -> AuthorKind | None:
    if isinstance(item, dict) and any("Organization" in name for name in types_of(item)):
        return AuthorKind.ORGANIZATION
    return None


def _author(part: str, kind: AuthorKind | None) -> Author | None:
    name = part.strip(" \t,;:.|/*-–—\"'“”")
    if not 2 <= len(name) <= MAX_NAME_CHARACTERS or _NO_NAME.fullmatch(name):  # noqa: PLR2004
        return None
    if _TIMEISH.search(name) or not any(map(str.isalpha, name)):
        return None
    agency = agency_named(name)
    if agency:
        return Author(name=name, kind=AuthorKind.ORGANIZATION)
    organization = bool(_ORGANIZATION.search(name) or _INITIALS.fullmatch(name))
    guessed = AuthorKind.ORGANIZATION if organization else AuthorKind.PERSON
    return Author(name=name, kind=kind or guessed)
