"""Compare queries without articles: whether a query can hold, and whether it implies another."""

from dataclasses import replace

from streams.route.query.ast import WORD_FIELDS, And, Not, Or, Query, QueryClause, QueryField
from streams.route.query.canonical import canonical_query
from streams.route.query.forms import WordForm, value_forms
from streams.route.query.normalize import pad, padded_words
from streams.route.query.period import parse_period

MAX_EXPANSIONS = 20_000
"""Largest number of expansions of a tableau, about 0.1 s; a query that needs more counts as one
that can hold. Queries that people write need some 50."""

_Signed = tuple[Query, bool]


class _TableauTooLargeError(Exception):
    pass


def can_hold(query: Query) -> bool:
    """Return whether some article could match a query, as far as its clauses show.

    Sound, not complete: if the answer is no, no article can match.

    References:
        Analytic tableaux: Smullyan, First-Order Logic, 1968, chapter II.

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> can_hold(parse_query("title:bridge and not bridg*"))
        False
        >>> can_hold(parse_query("language:en and language:de"))
        False
    """
    try:
        return _Tableau().is_open([(canonical_query(query), True)], frozenset(), frozenset())
    except _TableauTooLargeError:
        return True


def covers(wide: Query, narrow: Query) -> bool:
    """Return whether every article that matches the narrow query matches the wide one."""
    return not can_hold(And((narrow, Not(wide))))


class _Tableau:
    """Expands queries until every branch contradicts itself, or one branch does not."""

    def __init__(self) -> None:
        self._n_expansions = 0

    def is_open(
        self, pending: list[_Signed], yes: frozenset[QueryClause], no: frozenset[QueryClause]
    ) -> bool:
        """Return whether the pending queries can hold together with known clauses.

        Args:
            pending: Queries, each with whether it is to hold.
            yes: Clauses that hold.
            no: Clauses that do not hold.
        """
        forks: list[list[_Signed]] = []
        while pending:
            self._n_expansions += 1
            if self._n_expansions > MAX_EXPANSIONS:
                raise _TableauTooLargeError
            query, holds = pending.pop()
            match query:
                case QueryClause() if holds:
                    yes |= {query}
                case QueryClause():
                    no |= {query}
                case Not(part=part):
                    pending.append((part, not holds))
                case And(parts=parts) | Or(parts=parts):
                    signed = [(part, holds) for part in parts]
                    if isinstance(query, And) is holds:
                        pending.extend(signed)
                    else:
                        forks.append(signed)
        if _contradict(yes, no):
            return False
        if not forks:
            return True
        first, *others = forks
        rest = [(Or(tuple(_plain(signed) for signed in fork)), True) for fork in others]
        return any(self.is_open([*rest, branch], yes, no) for branch in first)


def _plain(signed: _Signed) -> Query:
    query, holds = signed
    return query if holds else Not(query)


def _contradict(yes: frozenset[QueryClause], no: frozenset[QueryClause]) -> bool:
    return any(implies(clause, other) for clause in yes for other in no) or any(
        _exclude(clause, other) for clause in yes for other in yes
    )


def _exclude(clause: QueryClause, other: QueryClause) -> bool:
    if clause.field is not other.field:
        return False
    if clause.field in {QueryField.LANGUAGE, QueryField.KIND}:
        return clause.value != other.value
    if clause.field is QueryField.PUBLISHED:
        start, end = parse_period(clause.value)
        other_start, other_end = parse_period(other.value)
        return end <= other_start or other_end <= start
    return False


def implies(clause: QueryClause, other: QueryClause) -> bool:
    """Return whether every article that matches a clause matches another; both canonical."""
    if clause == other:
        return True
    if other.field in WORD_FIELDS:
        is_inside = other.field in {clause.field, QueryField.ANY}
        return clause.field in WORD_FIELDS and is_inside and _words_imply(clause, other)
    return clause.field is other.field and _labels_imply(clause, other)


def _labels_imply(clause: QueryClause, other: QueryClause) -> bool:
    match clause.field:
        case QueryField.DOMAIN:
            return clause.value.endswith(f".{other.value}")
        case QueryField.PUBLISHED:
            (start, end), (first, last) = parse_period(clause.value), parse_period(other.value)
            return first <= start and end <= last
        case QueryField.SOURCE | QueryField.TOPIC | QueryField.ENTITY if other.prefix:
            # The value of an entity clause may be an id, which does not show the name.
            is_name = clause.prefix or clause.field is not QueryField.ENTITY
            beginning = padded_words(other.value).removesuffix(" ")
            return is_name and padded_words(clause.value).startswith(beginning)
        case _:
            return False


def _words_imply(clause: QueryClause, other: QueryClause) -> bool:
    if other.near is not None:
        near, wide = clause.near, replace(other, field=clause.field)
        return (
            near is not None
            and near.within <= other.near.within
            and wide == replace(clause, near=replace(near, within=other.near.within))
        )
    if (near := clause.near) is not None:
        second = QueryClause(clause.field, near.value, near.prefix, exact=near.exact)
        sides = (replace(clause, near=None), second)
        return any(_words_imply(side, other) for side in sides)
    if other.slop:
        is_same = replace(clause, field=other.field, slop=other.slop) == other
        return is_same and clause.slop <= other.slop
    return all(
        any(
            _form_implies(form, wanted, clause, other)
            for wanted in value_forms(other.value, exact=other.exact)
        )
        for form in value_forms(clause.value, exact=clause.exact)
    )


def _form_implies(
    form: WordForm, wanted: WordForm, clause: QueryClause, other: QueryClause
) -> bool:
    """Return whether the words of one form contain those of another, wherever they occur."""
    if wanted.written is None:
        words, within = wanted.words, form.words
    elif form.written is None:
        return False
    else:
        words, within = wanted.written, form.written
    part = pad(words).removesuffix(" ") if other.prefix else pad(words)
    return any(part in phrase for phrase in _required_phrases(within, clause))


def _required_phrases(words: tuple[str, ...], clause: QueryClause) -> list[str]:
    """Return the adjacent words that a form requires: its phrase, or, if sloppy, each word."""
    phrases = [pad(part) for part in ([words] if not clause.slop else [(word,) for word in words])]
    if clause.prefix:
        phrases[-1] = phrases[-1].removesuffix(" ")
    return phrases
