"""Parse queries of saved searches: limit their cost, and refuse those that match nearly all."""

import math
import re
from functools import cache
from importlib.resources import files
from typing import Final

from streams.route.match.required_terms import required_terms
from streams.route.query.ast import Query, query_clauses
from streams.route.query.errors import QuerySyntaxError
from streams.route.query.grammar import parse_query

MAX_SEARCH_CHARS = 1000
"""Longest query of a saved search, in characters. The slowest queries of this length take 4 ms to
parse (800 brackets) or 3 ms (200 clauses); the bound to keep is 10 ms."""

MAX_SEARCH_CLAUSES = 100
"""Largest number of clauses of a saved search: each costs up to some µs for every article that it
is checked against."""

BROAD_LABELS = ("kind:", "language:", "type:")
"""Labels whose values a large part of all articles share."""

BROAD_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "has",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "said",
        "that",
        "the",
        "to",
        "was",
        "will",
        "with",
    ]
)
"""English words that do not show what an article is about and occur in a quarter of all articles:
the most frequent words of Reuters-21578 (in 24 to 74 % of its items, counted 2026-11-22), without
those about companies and numbers."""

BROAD_SHARE: Final = 0.25
"""Share of articles above which a prefix is broad, as for `BROAD_WORDS`: ``th*``, ``an*``, ``co*``.
"""

BROAD_PREFIX_LETTERS: Final = 4
"""Length up to which a prefix is judged by its share. Longer ones with such a share, ``compan*`` or
``reuter*``, are about companies and the agency of the sample."""

BROAD_UNION_SHARE: Final = 0.5
"""Share of articles above which alternatives are broad together: ``year or bank or market or …``"""

_BROAD_DOMAIN: Final = re.compile(r"domain:(?:[^.]*|(?:ac|co|com|edu|gov|net|org)\.[a-z]{2})")
"""Domains under which the sites of a country are, not those of one owner: ``com``, ``co.uk``."""


def parse_search(text: str) -> Query:
    """Parse the query of a saved search.

    Raises:
        QuerySyntaxError: If the query is invalid or too long, or if articles can match it
            without a word, name, source or domain that only some articles have. The share of
            articles is that in Reuters-21578, see `term_shares`.

    Examples:
        >>> parse_search("language:en and not sport")
        Traceback (most recent call last):
        streams.route.query.errors.QuerySyntaxError: column 1: would match a large part of all …
    """
    if len(text) > MAX_SEARCH_CHARS:
        problem = f"longer than {MAX_SEARCH_CHARS:,} characters"
        raise QuerySyntaxError(text, MAX_SEARCH_CHARS, problem)
    query = parse_query(text)
    n_clauses = sum(1 for _ in query_clauses(query))
    if n_clauses > MAX_SEARCH_CLAUSES:
        problem = f"{n_clauses} clauses; expected at most {MAX_SEARCH_CLAUSES}"
        raise QuerySyntaxError(text, 0, problem)
    terms = required_terms(query, _share)
    if terms is None or any(map(_is_broad, terms)):
        raise QuerySyntaxError(
            text,
            0,
            "would match a large part of all articles; expected a word, name, source or "
            "domain that each match must have",
        )
    if (share := _share_of_union(terms)) > BROAD_UNION_SHARE:
        problem = (
            f"its alternatives would match a large part of all articles ({share:.0%} in a sample); "
            "expected fewer or rarer words"
        )
        raise QuerySyntaxError(text, 0, problem)
    return query


@cache
def term_shares() -> dict[str, float]:
    """Return the share of articles that have a word or a prefix (``th*``), if it is 5 % or more.

    Counted in Reuters-21578 by ``tools/build_broad_terms.py``.

    Examples:
        >>> term_shares()["th*"], term_shares().get("bridge")
        (0.75, None)
    """
    path = files("streams.route") / "data" / "broad_terms.txt"
    lines = path.read_text("utf-8").splitlines()[1:]
    return {term: int(percent) / 100 for term, percent in (line.split("\t") for line in lines)}


def _share(feature: str) -> float:
    return 1.0 if _is_broad(feature) else term_shares().get(feature, 0.0)


def _share_of_union(features: frozenset[str]) -> float:
    """Return the share of articles that have one of some features, as if they were independent."""
    return 1.0 - math.prod(1.0 - _share(feature) for feature in features)


def _is_broad(feature: str) -> bool:
    if feature.startswith(BROAD_LABELS) or feature in BROAD_WORDS:
        return True
    if _BROAD_DOMAIN.fullmatch(feature):
        return True
    prefix = feature.removesuffix("*")
    if prefix == feature:
        return False
    if any(word.startswith(prefix) for word in BROAD_WORDS):
        return True
    is_short = len(prefix) <= BROAD_PREFIX_LETTERS
    return is_short and term_shares().get(feature, 0.0) >= BROAD_SHARE
