"""Choose the terms by which a query is indexed: every article that it matches has one of them.

The percolator looks queries up by these features. A feature is a word, or a label and a value
(``name:vladimir putin``); a feature that ends with ``*`` is a prefix of one.
"""

from collections.abc import Callable, Iterable

from streams.route.query.ast import (
    WORD_FIELDS,
    And,
    Near,
    Not,
    Or,
    Query,
    QueryClause,
    QueryField,
)
from streams.route.query.forms import WordForm, clause_forms
from streams.route.query.normalize import normalized_words

Terms = frozenset[str]
"""Features of which a matching article has at least one; ``None`` where no feature is required."""

FeatureShare = Callable[[str], float]
"""Returns the measured or estimated share of articles that have a feature, 0 to 1."""


def required_terms(query: Query, share: FeatureShare) -> Terms | None:
    """Return the rarest features of which every matching article has at least one.

    Returns:
        The features; ``None`` when an article can match without any particular feature.

    References:
        The rarest required term is how Lucene's monitor and Elasticsearch's percolator choose
        (elastic/elasticsearch#26307; Lucene, TermFilteredPresearcher).

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> shares = {"said": 0.9, "bridge": 0.01}
        >>> query = parse_query('"bridge said" and language:en')
        >>> required_terms(query, lambda feature: shares.get(feature, 0.5))
        frozenset({'bridge'})
        >>> required_terms(parse_query("published:2026"), lambda _: 0.5) is None
        True
    """
    match query:
        case QueryClause() if query.field in WORD_FIELDS:
            values: list[QueryClause | Near] = [query, *([query.near] if query.near else [])]
            return _rarest((_word_terms(value, share) for value in values), share)
        case QueryClause():
            return _rarest(_features(query), share)
        case Not(part=part):
            return _terms_of_negation(part, share)
        case And(parts=parts):
            return _rarest((required_terms(part, share) for part in parts), share)
        case Or(parts=parts):
            return _union(required_terms(part, share) for part in parts)


def _terms_of_negation(query: Query, share: FeatureShare) -> Terms | None:
    match query:
        case QueryClause():
            return None
        case Not(part=part):
            return required_terms(part, share)
        case And(parts=parts):
            return _union(_terms_of_negation(part, share) for part in parts)
        case Or(parts=parts):
            return _rarest((_terms_of_negation(part, share) for part in parts), share)


def _rarest(alternatives: Iterable[Terms | None], share: FeatureShare) -> Terms | None:
    usable = [terms for terms in alternatives if terms is not None]
    return min(
        usable, key=lambda terms: (sum(map(share, terms)), len(terms), sorted(terms)), default=None
    )


def _union(alternatives: Iterable[Terms | None]) -> Terms | None:
    union: Terms = frozenset()
    for terms in alternatives:
        if terms is None:
            return None
        union |= terms
    return union


def _word_terms(value: QueryClause | Near, share: FeatureShare) -> Terms | None:
    """Return terms of a value: of each of its forms the rarest word."""
    return _union(
        _rarest(_form_features(form, prefix=value.prefix), share) for form in clause_forms(value)
    )


def _features(clause: QueryClause) -> list[Terms]:
    """Return the sets of features of a label; each set alone is sufficient."""
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


def _form_features(form: WordForm, *, prefix: bool) -> list[Terms]:
    """Return the words of a form; a match has each of them."""
    words = form.words
    features = [*words[:-1], f"{words[-1]}*"] if prefix else words
    return [frozenset({feature}) for feature in features]
