"""What can be said of queries without any article: can it hold, does it hold whenever that does."""

from dataclasses import replace

from streams.route.query.ast import WORD_FIELDS, And, Not, Or, Query, QueryClause, QueryField
from streams.route.query.canonical import canonical_query
from streams.route.query.normalize import normalized_words, padded_words
from streams.route.query.period import parse_period

MAX_STEPS = 20_000
"""Queries that need more are taken for ones that can hold: 0.1 s. People's need some 50."""

_Signed = tuple[Query, bool]


class _TooManyStepsError(Exception):
    pass


def can_hold(query: Query) -> bool:
    """Whether some article could meet a query, as far as its clauses tell.

    Sound, not complete: where it says no, none can.

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
        return _Tableau().open([(canonical_query(query), True)], frozenset(), frozenset())
    except _TooManyStepsError:
        return True


def covers(wide: Query, narrow: Query) -> bool:
    """Whether every article that meets the narrow query meets the wide one."""
    return not can_hold(And((narrow, Not(wide))))


class _Tableau:
    """Takes queries apart until each branch contradicts itself, or one does not."""

    def __init__(self) -> None:
        self._steps = 0

    def open(
        self, pending: list[_Signed], yes: frozenset[QueryClause], no: frozenset[QueryClause]
    ) -> bool:
        """Whether all that is pending can hold beside clauses that do and clauses that do not."""
        forks: list[list[_Signed]] = []
        while pending:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise _TooManyStepsError
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
        rest = [(Or(tuple(_plain(one) for one in fork)), True) for fork in others]
        return any(self.open([*rest, branch], yes, no) for branch in first)


def _plain(signed: _Signed) -> Query:
    query, holds = signed
    return query if holds else Not(query)


def _contradict(yes: frozenset[QueryClause], no: frozenset[QueryClause]) -> bool:
    return any(implies(one, other) for one in yes for other in no) or any(
        _exclude(one, other) for one in yes for other in yes
    )


def _exclude(one: QueryClause, other: QueryClause) -> bool:
    if one.field is not other.field:
        return False
    if one.field in {QueryField.LANGUAGE, QueryField.KIND}:
        return one.value != other.value
    if one.field is QueryField.PUBLISHED:
        (start, end), (start_of_other, end_of_other) = (
            parse_period(one.value),
            parse_period(other.value),
        )
        return end <= start_of_other or end_of_other <= start
    return False


def implies(one: QueryClause, other: QueryClause) -> bool:
    """Whether an article that meets one clause meets the other; both canonical."""
    if one == other:
        return True
    if other.field in WORD_FIELDS:
        same_place = other.field in {one.field, QueryField.ANY}
        return one.field in WORD_FIELDS and same_place and _words_imply(one, other)
    return one.field is other.field and _labels_imply(one, other)


def _labels_imply(one: QueryClause, other: QueryClause) -> bool:
    match one.field:
        case QueryField.DOMAIN:
            return one.value.endswith(f".{other.value}")
        case QueryField.PUBLISHED:
            (start, end), (first, last) = parse_period(one.value), parse_period(other.value)
            return first <= start and end <= last
        case QueryField.SOURCE | QueryField.TOPIC | QueryField.ENTITY if other.prefix:
            # An entity may be meant by its id, which says nothing of its name.
            named = one.prefix or one.field is not QueryField.ENTITY
            beginning = padded_words(other.value).removesuffix(" ")
            return named and padded_words(one.value).startswith(beginning)
        case _:
            return False


def _words_imply(one: QueryClause, other: QueryClause) -> bool:
    if other.near is not None:
        near, wide = one.near, replace(other, field=one.field)
        return (
            near is not None
            and near.within <= other.near.within
            and wide == replace(one, near=replace(near, within=other.near.within))
        )
    if one.near is not None:
        sides = (replace(one, near=None), QueryClause(one.field, one.near.value, one.near.prefix))
        return any(_words_imply(side, other) for side in sides)
    if other.slop:
        same = replace(one, field=other.field, slop=other.slop) == other
        return same and one.slop <= other.slop
    wanted = (
        padded_words(other.value).removesuffix(" ") if other.prefix else padded_words(other.value)
    )
    return any(wanted in stretch for stretch in _stretches(one))


def _stretches(clause: QueryClause) -> list[str]:
    """Spell what a clause says to stand side by side: all of it, or each word of a sloppy one."""
    found = [clause.value] if not clause.slop else normalized_words(clause.value)
    spelled = [padded_words(one) for one in found]
    if clause.prefix:
        spelled[-1] = spelled[-1].removesuffix(" ")
    return spelled
