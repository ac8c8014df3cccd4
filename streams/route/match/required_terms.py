"""Query in, features out: short texts of which every article that it wants has at least one.

They are what the percolator looks queries up by. A feature is a word, or a label and a
value (``name:vladimir putin``); one that ends with ``*`` is the beginning of such.
"""

from collections.abc import Callable, Iterable

from streams.route.query.ast import WORD_FIELDS, And, Not, Or, Query, QueryClause, QueryField
from streams.route.query.normalize import normalized_words

Cover = frozenset[str]
"""Features; a query that needs none of any is covered by nothing, spelled None."""

FeatureShare = Callable[[str], float]
"""What share of the articles has a feature, 0 to 1: known, or guessed."""


def required_terms(query: Query, share: FeatureShare) -> Cover | None:
    """Choose the rarest features of which a query needs one.

    Returns:
        The features; none when an article may be wanted whatever it has.

    References:
        The rarest required term is how Lucene's monitor and Elasticsearch's percolator choose
        (elastic/elasticsearch#26307; Lucene, TermFilteredPresearcher).

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> often = {"said": 0.9, "bridge": 0.01}
        >>> query = parse_query('"bridge said" and language:en')
        >>> required_terms(query, lambda feature: often.get(feature, 0.5))
        frozenset({'bridge'})
        >>> required_terms(parse_query("published:2026"), lambda _: 0.5) is None
        True
    """
    match query:
        case QueryClause():
            return _cheapest(_features(query), share)
        case Not(part=part):
            return _cover_of_not(part, share)
        case And(parts=parts):
            return _cheapest((required_terms(part, share) for part in parts), share)
        case Or(parts=parts):
            return _union(required_terms(part, share) for part in parts)


def _cover_of_not(query: Query, share: FeatureShare) -> Cover | None:
    match query:
        case QueryClause():
            return None
        case Not(part=part):
            return required_terms(part, share)
        case And(parts=parts):
            return _union(_cover_of_not(part, share) for part in parts)
        case Or(parts=parts):
            return _cheapest((_cover_of_not(part, share) for part in parts), share)


def _cheapest(covers: Iterable[Cover | None], share: FeatureShare) -> Cover | None:
    known = [found for found in covers if found is not None]
    return min(
        known, key=lambda found: (sum(map(share, found)), len(found), sorted(found)), default=None
    )


def _union(covers: Iterable[Cover | None]) -> Cover | None:
    together: Cover = frozenset()
    for found in covers:
        if found is None:
            return None
        together |= found
    return together


def _features(clause: QueryClause) -> list[Cover]:
    """List covers of a clause: each alone would do."""
    if clause.field in WORD_FIELDS:
        found = _word_features(clause.value, prefix=clause.prefix)
        if clause.near is not None:
            found += _word_features(clause.near.value, prefix=clause.near.prefix)
        return [frozenset({feature}) for feature in found]
    name = " ".join(normalized_words(clause.value)) + ("*" if clause.prefix else "")
    match clause.field:
        case QueryField.PUBLISHED:
            return []
        case QueryField.ENTITY if clause.prefix:
            return [frozenset({f"name:{name}"})]
        case QueryField.ENTITY:
            return [frozenset({f"name:{name}", f"id:{clause.value.lower()}"})]
        case QueryField.SOURCE | QueryField.TOPIC:
            return [frozenset({f"{clause.field}:{name}"})]
        case _:
            return [frozenset({f"{clause.field}:{clause.value}"})]


def _word_features(value: str, *, prefix: bool) -> list[str]:
    found = normalized_words(value)
    return [*found[:-1], f"{found[-1]}*"] if prefix else found
