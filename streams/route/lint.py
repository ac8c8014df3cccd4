"""Find rules that never match and rules that another rule covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from streams.route.query.ast import Query, QueryClause, QueryField, conjunction, disjunction
from streams.route.query.implication import can_hold, covers
from streams.route.rules import Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a rule.

    Attributes:
        rule: Name of the rule.
        problem: The problem for people, a sentence without its full stop.
    """

    rule: str
    problem: str


def lint_rules(rules: Sequence[Rule]) -> list[Finding]:
    """Return the rules that never match and the rules that another rule covers.

    Sound, not complete: it applies the rules of the query language, not knowledge of the world
    (that ``entity:Q64`` is Berlin is not known).

    Examples:
        >>> wide, narrow = Rule.parse("all", "bridg*"), Rule.parse("one", "title:bridge")
        >>> [finding.problem for finding in lint_rules([wide, narrow])]
        ['every article for this route also goes to `all`']
    """
    queries = {rule.name: _with_kinds(rule) for rule in rules}
    never = {name for name, query in queries.items() if not can_hold(query)}
    findings = [Finding(name, "never matches: its clauses contradict each other") for name in never]
    for narrow, wide in permutations((name for name in queries if name not in never), 2):
        if covers(queries[wide], queries[narrow]):
            problem = f"every article for this route also goes to `{wide}`"
            findings.append(Finding(narrow, problem))
    order = {rule.name: number for number, rule in enumerate(rules)}
    return sorted(findings, key=lambda finding: order[finding.rule])


def _with_kinds(rule: Rule) -> Query:
    """Return a rule's query, restricted to the kinds that the rule applies to."""
    kinds = [QueryClause(QueryField.KIND, kind.value) for kind in sorted(rule.kinds)]
    return conjunction([rule.query, disjunction(kinds)])
