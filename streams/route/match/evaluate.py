"""Query and facts in; whether it holds, and which clauses decided, out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.route.match.clause import Predicate, clause_predicate
from streams.route.match.facts import ArticleFacts
from streams.route.query.ast import (
    WORD_FIELDS,
    And,
    Not,
    Or,
    Query,
    QueryClause,
    QueryField,
    query_clauses,
    query_text,
)


def compile_query(query: Query) -> Predicate:
    """Make a query ready: values are prepared once, then each clause is one search or comparison.

    Nothing of the query's text is ever evaluated as code: it only becomes values that
    closures compare.

    References:
        Measured for one rule of five clauses: closures over an own tree 0.5 µs, CEL in Rust
        0.9 to 22, jmespath 19, rule-engine 49, CEL in Python 834.
    """
    match query:
        case QueryClause():
            return clause_predicate(query)
        case Not(part=part):
            check = compile_query(part)
            return lambda facts: not check(facts)
        case And(parts=parts):
            return _all_of([compile_query(part) for part in sorted(parts, key=_cost)])
        case Or(parts=parts):
            return _any_of([compile_query(part) for part in sorted(parts, key=_cost)])


def _all_of(checks: Sequence[Predicate]) -> Predicate:
    if len(checks) == 2:  # noqa: PLR2004  # half of all; a quarter of the time of a loop
        first, second = checks
        return lambda facts: first(facts) and second(facts)

    def check(facts: ArticleFacts) -> bool:
        for one in checks:  # noqa: SIM110  # `all` over a generator takes twice the time
            if not one(facts):
                return False
        return True

    return check


def _any_of(checks: Sequence[Predicate]) -> Predicate:
    if len(checks) == 2:  # noqa: PLR2004  # the same
        first, second = checks
        return lambda facts: first(facts) or second(facts)

    def check(facts: ArticleFacts) -> bool:
        for one in checks:  # noqa: SIM110  # the same
            if one(facts):
                return True
        return False

    return check


def _cost(query: Query) -> int:
    """Rank parts by how long their answer takes: labels and words, then phrases, then places."""
    worst = 0
    for clause in query_clauses(query):
        if clause.field in WORD_FIELDS:
            plain = not (clause.slop or clause.near)
            worst = max(worst, 1 + (clause.field is not QueryField.TITLE) if plain else 3)
    return worst


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a query holds, and the clauses that suffice to see it.

    Attributes:
        holds: Whether it does.
        clauses: Each deciding clause and whether it holds. Whatever the other clauses said,
            the query's answer would be the same.
    """

    holds: bool
    clauses: tuple[tuple[QueryClause, bool], ...]

    @property
    def spelled(self) -> tuple[str, ...]:
        """The clauses as text, with ``not`` before those that do not hold."""
        return tuple(query_text(clause if holds else Not(clause)) for clause, holds in self.clauses)

    def __str__(self) -> str:
        return " and ".join(self.spelled)


def evaluate_query(query: Query, facts: ArticleFacts) -> Verdict:
    """Ask a query of an article, and keep the clauses that decided.

    Slower than `compile_query`: for receipts and for `streams why`.
    """
    match query:
        case QueryClause():
            holds = clause_predicate(query)(facts)
            return Verdict(holds, ((query, holds),))
        case Not(part=part):
            inner = evaluate_query(part, facts)
            return Verdict(not inner.holds, inner.clauses)
        case And(parts=parts):
            return _joined([evaluate_query(part, facts) for part in parts], decisive=False)
        case Or(parts=parts):
            return _joined([evaluate_query(part, facts) for part in parts], decisive=True)


def matched_clauses(query: Query, facts: ArticleFacts) -> tuple[tuple[QueryClause, bool], ...]:
    """List all that a query found in an article that it holds for.

    More than `evaluate_query`: of the alternatives each one that holds, not only the shortest.

    Returns:
        Clauses in the order of the query, each with whether it holds; none twice.

    Examples:
        >>> from streams.route.match.facts import article_facts
        >>> from streams.records import EnrichedArticle
        >>> from datetime import UTC, datetime
        >>> name = "6b626991-d331-5668-91ea-aedb6407150e"
        >>> time = datetime(2026, 3, 2, tzinfo=UTC)
        >>> article = EnrichedArticle(id=name, group_id=name, source="x", fetched=time, title="A b")
        >>> from streams.route.query.grammar import parse_query
        >>> found = matched_clauses(parse_query("a or b or c"), article_facts(article))
        >>> [clause.value for clause, _ in found]
        ['a', 'b']
    """
    return tuple(dict.fromkeys(_all_of_it(query, facts, wanted=True)))


def _all_of_it(
    query: Query, facts: ArticleFacts, *, wanted: bool
) -> Iterator[tuple[QueryClause, bool]]:
    """Give the clauses by which a query holds, or does not, as is ``wanted``; else nothing."""
    match query:
        case QueryClause():
            if clause_predicate(query)(facts) is wanted:
                yield query, wanted
        case Not(part=part):
            yield from _all_of_it(part, facts, wanted=not wanted)
        case And(parts=parts) | Or(parts=parts):
            found = [tuple(_all_of_it(part, facts, wanted=wanted)) for part in parts]
            if isinstance(query, Or) is wanted or all(found):
                for some in found:
                    yield from some


def _joined(verdicts: list[Verdict], *, decisive: bool) -> Verdict:
    """Join verdicts of which one that is ``decisive`` settles all; of several, the shortest."""
    settling = [one for one in verdicts if one.holds is decisive]
    if settling:
        return min(settling, key=lambda one: len(one.clauses))
    clauses = dict.fromkeys(clause for one in verdicts for clause in one.clauses)
    return Verdict(not decisive, tuple(clauses))
