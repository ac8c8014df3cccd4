"""Build validated clauses: values that could never match are refused."""

import re
from dataclasses import replace

from streams.records import EntityType
from streams.route.query.ast import (
    PREFIX_FIELDS,
    WORD_FIELDS,
    ArticleKind,
    Near,
    QueryClause,
    QueryField,
)
from streams.route.query.normalize import is_single, normalized_words
from streams.route.query.period import parse_period

MAX_BETWEEN = 50
"""Largest number of words allowed between those of a phrase or of a pair: two or three
sentences."""

SHORTEST_PREFIX = 2
"""Smallest number of letters before a star: a tenth of all words begin with the same letter."""

_HANGUL_WORD = re.compile("[\uac00-\ud7a3]{2,}")
"""Two syllables or more: a tenth of all Korean words begin with the same one."""


def build_clause(field: QueryField, value: str, *, exact: bool = False) -> QueryClause:
    """Return the clause for a value as written, with or without a closing star.

    A word in Hangul of two syllables or more stands for all words that begin with it, since
    particles are written together with their noun.

    Args:
        field: The field.
        value: The value.
        exact: Whether case and accents must be as written; then no other word stands for it.

    Raises:
        ValueError: If the value cannot occur in this field; the message names what was expected.

    Examples:
        >>> clause = build_clause(QueryField.TITLE, "sport*")
        >>> clause.value, clause.prefix
        ('sport', True)
        >>> build_clause(QueryField.LANGUAGE, "English")
        Traceback (most recent call last):
        ValueError: no language code `English`; expected two or three letters such as `en`
    """
    if exact and field not in WORD_FIELDS:
        raise ValueError(f"`=` has no meaning for `{field}`; expected it before words")
    bare, prefix = _words_and_star(field, value, exact=exact)
    return QueryClause(field, _validated(field, bare), prefix, exact=exact)


def with_slop(phrase: QueryClause, slop: int) -> QueryClause:
    """Return a phrase clause that allows other words between those of the phrase.

    Raises:
        ValueError: If the clause cannot have a slop, or ``slop`` is too large.
    """
    if phrase.field not in WORD_FIELDS or len(normalized_words(phrase.value)) == 1:
        raise ValueError(f"`~{slop}` has no meaning here; expected it after a phrase of two words")
    _check_between(slop, f"`~{slop}`")
    return replace(phrase, slop=slop)


def build_near(first: QueryClause, value: str, within: int, *, exact: bool = False) -> QueryClause:
    """Return a clause for two words or phrases that are close to each other.

    Raises:
        ValueError: If the first has no position, the second no word, or ``within`` is too large.
    """
    if first.field not in WORD_FIELDS or first.slop:
        name = "a phrase with `~`" if first.slop else f"`{first.field}`"
        raise ValueError(f"`near` has no meaning for {name}; expected words of title or text")
    _check_between(within, f"`near/{within}`")
    bare, prefix = _words_and_star(first.field, value, exact=exact)
    return replace(first, near=Near(bare, prefix, within, exact))


def _check_between(n_words: int, spelled: str) -> None:
    if n_words > MAX_BETWEEN:
        raise ValueError(f"{spelled} is too far; expected at most {MAX_BETWEEN} words between")


def _words_and_star(field: QueryField, value: str, *, exact: bool) -> tuple[str, bool]:
    prefix = value.endswith("*")
    bare = value.removesuffix("*").strip()
    if "*" in bare:
        raise ValueError("`*` in the middle; expected it after the last word only")
    if prefix and field not in PREFIX_FIELDS:
        raise ValueError(f"`*` has no meaning for `{field}`; expected the whole value")
    words = normalized_words(bare)
    if not words:
        raise ValueError(f"nothing to look for in `{value}`; expected a letter or a digit")
    if prefix and len(words[0]) < SHORTEST_PREFIX and not (words[1:] or is_single(words[0])):
        raise ValueError(f"`{words[0]}*` is too short; expected two letters or more before `*`")
    has_particle = field in WORD_FIELDS and not exact and _HANGUL_WORD.fullmatch(words[-1])
    return bare, prefix or bool(has_particle)


def _validated(field: QueryField, value: str) -> str:
    if field is QueryField.KIND:
        if value.lower() not in set(ArticleKind):
            raise ValueError(f"no kind `{value}`; expected {', '.join(ArticleKind)}")
        return value.lower()
    if field is QueryField.TYPE:
        if value.lower() not in set(EntityType):
            raise ValueError(f"no type `{value}`; expected {', '.join(EntityType)}")
        return value.lower()
    if field is QueryField.PUBLISHED:
        parse_period(value)
        return value.upper()
    if field is QueryField.LANGUAGE:
        if not (value.isascii() and value.isalpha() and len(value) in {2, 3}):
            raise ValueError(
                f"no language code `{value}`; expected two or three letters such as `en`"
            )
        return value.lower()
    return _domain(value) if field is QueryField.DOMAIN else value


def _domain(value: str) -> str:
    """Return a domain as URLs have it: lower case, IDNA.

    Raises:
        ValueError: If the value is not a domain.
    """
    try:
        name = value.strip(".").encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if not name or not name.replace("-", "").replace(".", "").isalnum():
        raise ValueError(f"no domain `{value}`; expected one such as `news.example.org`")
    return name
