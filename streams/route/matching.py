"""Query and facts in; whether it holds, and which clauses decided, out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from streams.route.facts import Facts
from streams.route.query import And, Clause, Not, Or, Query, QueryField, query_text
from streams.route.words import padded

Check = Callable[[Facts], bool]
"""A query made ready to be asked of many articles."""


def compiled(query: Query) -> Check:
    """Make a query ready: values are prepared once, then each clause is one search or comparison.

    Nothing of the query's text is ever evaluated as code: it only becomes values that
    closures compare.

    References:
        Measured for one rule of five clauses: closures over an own tree 0.5 µs, CEL in Rust
        0.9 to 22, jmespath 19, rule-engine 49, CEL in Python 834.
    """
    match query:
        case Clause():
            return _clause_check(query)
        case Not(part=part):
            check = compiled(part)
            return lambda facts: not check(facts)
        case And(parts=parts):
            checks = tuple(compiled(part) for part in parts)
            return lambda facts: all(check(facts) for check in checks)
        case Or(parts=parts):
            checks = tuple(compiled(part) for part in parts)
            return lambda facts: any(check(facts) for check in checks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a query holds, and the clauses that suffice to see it.

    Attributes:
        holds: Whether it does.
        clauses: Each deciding clause and whether it holds. Whatever the other clauses said,
            the query's answer would be the same.
    """

    holds: bool
    clauses: tuple[tuple[Clause, bool], ...]

    @property
    def spelled(self) -> tuple[str, ...]:
        """The clauses as text, with ``not`` before those that do not hold."""
        return tuple(query_text(clause if holds else Not(clause)) for clause, holds in self.clauses)

    def __str__(self) -> str:
        return " and ".join(self.spelled)


def verdict(query: Query, facts: Facts) -> Verdict:
    """Ask a query of an article, and keep the clauses that decided.

    Slower than `compiled`: for receipts and for `streams why`.
    """
    match query:
        case Clause():
            holds = _clause_check(query)(facts)
            return Verdict(holds, ((query, holds),))
        case Not(part=part):
            inner = verdict(part, facts)
            return Verdict(not inner.holds, inner.clauses)
        case And(parts=parts):
            return _joined([verdict(part, facts) for part in parts], decisive=False)
        case Or(parts=parts):
            return _joined([verdict(part, facts) for part in parts], decisive=True)


def _joined(verdicts: list[Verdict], *, decisive: bool) -> Verdict:
    """Join verdicts of which one that is ``decisive`` settles all; of several, the shortest."""
    settling = [one for one in verdicts if one.holds is decisive]
    if settling:
        return min(settling, key=lambda one: len(one.clauses))
    clauses = dict.fromkeys(clause for one in verdicts for clause in one.clauses)
    return Verdict(not decisive, tuple(clauses))


@lru_cache(maxsize=10_000)
def _clause_check(clause: Clause) -> Check:
    match clause.field:
        case QueryField.ANY | QueryField.TITLE | QueryField.TEXT:
            return _words_check(clause)
        case QueryField.ENTITY:
            return _entity_check(clause)
        case QueryField.SOURCE:
            matches = _name_check(clause)
            return lambda facts: any(matches(name) for name in facts.sources)
        case QueryField.DOMAIN:
            ending = f".{clause.value}"
            return lambda facts: any(host.endswith(ending) for host in facts.hosts)
        case QueryField.LANGUAGE:
            return lambda facts: facts.language == clause.value
        case QueryField.KIND:
            return lambda facts: facts.kind == clause.value


def _words_check(clause: Clause) -> Check:
    wanted = padded(clause.value)
    wanted = wanted.removesuffix(" ") if clause.prefix else wanted
    match clause.field:
        case QueryField.TITLE:
            return lambda facts: wanted in facts.title
        case QueryField.TEXT:
            return lambda facts: wanted in facts.text
        case _:
            return lambda facts: wanted in facts.title or wanted in facts.text


def _entity_check(clause: Clause) -> Check:
    matches = _name_check(clause)
    wanted_id = clause.value.lower()
    if clause.prefix:
        return lambda facts: any(matches(name) for name in facts.entity_names)
    return lambda facts: (
        wanted_id in facts.entity_ids or any(matches(name) for name in facts.entity_names)
    )


def _name_check(clause: Clause) -> Callable[[str], bool]:
    wanted = padded(clause.value)
    if clause.prefix:
        beginning = wanted.removesuffix(" ")
        return lambda name: name.startswith(beginning)
    return lambda name: name == wanted
