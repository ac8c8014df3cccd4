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
_ALWAYS: Final = re.compile(r"\s{0,9}[;|•·\n]\s{0,9}|\s(?:and|und|og|och|&|\+)\s")
"""Signs and words that are only between names."""

_COMMA: Final = re.compile(r"\s{0,9},(?!\s{0,9}(?:Jr|Sr|MD|PhD|II|III)\b)\s{0,9}")
_CONJUNCTION: Final = re.compile(r"\s(?:et|y|e|en|i)\s")
"""Words that are between names, but also within one: Ortega y Gasset, Puig i Cadafalch."""

_LABEL: Final = re.compile(r"(?:^|(?<=\s))[^\W\d_]{2,20}(?: by)?\s?[:：]\s+")
"""A role in front of a name: ``Words: Ann Example Photos: Joe Example``."""

_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>")

_PARTICLES: Final = frozenset(
    ("de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "la", "le", "las", "los",
     "van", "von", "den", "der", "ten", "ter", "te", "zu", "zum", "zur", "bin", "ben", "bint",
     "ibn", "al", "el", "af", "av", "y", "e", "i", "und", "het", "op", "in", "auf", "dem", "st")
)  # fmt: skip
"""Words in lower case that are part of a name: of Romance, Dutch, German and Arabic ones."""

_ADDRESS: Final = re.compile(r"\S{1,100}@\S+|https?://\S+|www\.\S+|\B@\w+")
_NAMED_ADDRESS: Final = re.compile(r"\S{1,100}@\S{1,100}\s{1,9}\(([^()]{0,100})\)")
"""An address with its owner's name, as RSS 2.0 has it: ``ann@news.test (Ann Example)``."""

_PLACE: Final = re.compile(
    r"(?<=[^\W\d_]{2})\s(?:in|from|aus|à)\s(?=[^\W\d_a-zß-öø-ÿ])[^,;]{1,60}$"
)
"""The place behind the last name: ``Ann Example in Oslo``."""

_BRACKETED: Final = re.compile(r"\s{0,9}[(\[][^)\]]{0,200}[)\]]\s{0,9}")
_NO_NAME: Final = frozenset((
    "staff", "writer", "writers", "reporter", "reporters", "web", "news", "desk", "editor",
    "editors", "editorial", "team", "newsroom", "admin", "administrator", "webmaster", "master",
    "site", "super", "user", "root", "wordpress", "wp", "redaktion", "redakteur", "redakteure",
    "die", "rédaction", "la", "redacción", "redazione", "redactie", "redaktionen", "redaksjonen",
    "toimitus", "редакция", "guest", "author", "authors", "autor", "autore", "auteur",
    "contributor", "contributors", "contributed", "unknown", "anonymous", "anonym", "null", "none",
    "undefined", "nan", "n/a", "default", "test", "demo", "our", "the", "by", "special",
    "correspondent", "correspondents", "bureau", "journalist", "journalists", "publisher",
    "system", "bot", "moderator", "support", "info", "editorial", "content", "digital", "online",
    "编辑", "小编", "本报记者", "编辑部", "記者", "编辑：", "관리자", "편집부", "기자",
))  # fmt: skip
"""Words that publishers and programs write in place of a name; a name has at least one other."""

_ROLE: Final = re.compile(
    r"[,–—|-]\s{0,9}(?:[\w ]{0,30}\b(?:correspondent|reporter|editor|writer|analyst|columnist|"
    r"journalist|"
    r"producer|photographer|presenter|contributor|redakteur(?:in)?|reporterin|korrespondent(?:in)?|"
    r"journaliste|correspondante?|redactor(?:a)?)\b.{0,200})$",
    re.IGNORECASE,
)
_ROLE_WORD: Final = re.compile(
    r"(?:correspondent|reporter|editor|writer|analyst|columnist|journalist|producer|photographer|"
    r"presenter|contributor|redakteur(?:in|e|en)?|reporterin|korrespondent(?:in|en)?|journaliste|"
    r"correspondante?|redactora?|redacteur(?:en)?|verslaggever|periodista|giornalista|"
    r"记者|記者|기자)[:：]?",
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
        line = clean_line(_TAG.sub(" ", without_entities(name)))
        line = _PLACE.sub("", _NAMED_ADDRESS.sub(r" \1 ", line))
        line = _BRACKETED.sub(" ", _ADDRESS.sub("", _LABEL.sub(" ; ", line)))
        for part in _parts(_ROLE.sub("", _BY.sub("", line.strip(" ;")))):
            author = _author(_without_role(_BY.sub("", part)), kind)
            if author is not None:
                authors.setdefault(author.name.casefold(), author)
    return tuple(authors.values())[:MAX_AUTHORS]


def _parts(line: str) -> Iterator[str]:
    """Split a list of names, and turn ``Example, Ann`` around."""
    for item in filter(None, map(str.strip, _ALWAYS.split(line))):
        names = [name for name in _COMMA.split(item) if name]
        if len(names) == 2 and _is_last_first(*names):  # noqa: PLR2004 - last and first name
            yield f"{names[1]} {names[0]}"
        else:
            for name in names:
                yield from _split_at_conjunctions(name)


def _is_last_first(last: str, first: str) -> bool:
    """Return whether two texts at a comma are one name: a last name and one first name."""
    words = [word for word in last.split() if word not in _PARTICLES]
    given = first.split()
    is_initial = len(given) == 2 and len(given[1].rstrip(".")) == 1  # noqa: PLR2004 - a middle initial
    if len(words) != 1 or not (len(given) == 1 or is_initial) or agency_named(last):
        return False
    names = (words[0], given[0])
    return all(n[0].isupper() and not n.isupper() and n.casefold() not in _NO_NAME for n in names)


def _split_at_conjunctions(text: str) -> Iterator[str]:
    """Split at "y", "e", "en", "et" and "i" between two full names or two first names.

    A single last name behind one belongs to the name before it: José Ortega y Gasset.
    """
    start = 0
    for match in _CONJUNCTION.finditer(text):
        left = _n_words(text[start : match.start()])
        following = _CONJUNCTION.search(text, match.end())
        right = _n_words(text[match.end() : following.start() if following else len(text)])
        if right > 1 or left == 1:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _n_words(text: str) -> int:
    return sum(word not in _PARTICLES for word in text.split())


def _without_role(text: str) -> str:
    """Remove the words before a name that are not part of it: ``onze redacteur Jan de Vries``.

    A name begins with a capital or a particle; a title such as "Science Editor" ends with a role,
    and two words are left, or one where names have no spaces.
    """
    words = text.split()
    if not words:
        return ""
    role = next((i for i in range(len(words) - 1, -1, -1) if _ROLE_WORD.fullmatch(words[i])), -1)
    is_whole = len(words) - role > (2 if words[role].isascii() else 1)
    rest = words[role + 1 :] if is_whole else words
    lower = next((i for i, word in enumerate(rest) if not word[0].islower()), 0)
    if lower and len(rest) - lower > 1 and not all(word in _PARTICLES for word in rest[:lower]):
        rest = rest[lower:]
    return " ".join(rest)


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
    if not 2 <= len(name) <= MAX_NAME_CHARACTERS or _is_no_name(name, kind):  # noqa: PLR2004
        return None
    if _TIMEISH.search(name) or not any(map(str.isalpha, name)):
        return None
    if agency_named(name):
        return Author(name=name, kind=AuthorKind.ORGANIZATION)
    organization = bool(_ORGANIZATION.search(name) or _INITIALS.fullmatch(name))
    guessed = AuthorKind.ORGANIZATION if organization else AuthorKind.PERSON
    return Author(name=name, kind=kind or guessed)


def _is_no_name(name: str, kind: AuthorKind | None) -> bool:
    """Return whether a text is a function, or the login of an account: ``webmaster``, ``jdoe``.

    Only agencies and sites, whose names are declared as such or are domains, are spelled in lower
    case too.
    """
    words = name.casefold().split()
    if words[0] in {"redaktion", "rédaction"} or all(word in _NO_NAME for word in words):
        return True
    is_login = name.isascii() and name.islower() and name.replace("_", "").isalnum()
    return is_login and kind is not AuthorKind.ORGANIZATION and not agency_named(name)
