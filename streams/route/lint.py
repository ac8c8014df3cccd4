"""Rules in, what is odd about them out: those that never match, those that another one covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from streams.route.query.ast import Query, QueryClause, QueryField, both, either
from streams.route.query.implication import can_hold, covers
from streams.route.rules import Rule


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about a rule.

    Attributes:
        rule: Its name.
        problem: What, for people: a sentence without its full stop.
    """

    rule: str
    problem: str


def lint_rules(rules: Sequence[Rule]) -> list[Finding]:
    """Find rules that never match and rules that another one covers.

    Sound, not complete: it knows the language, not the world (``entity:Q64`` is not known to
    be Berlin).

    Examples:
        >>> wide, narrow = Rule.parse("all", "bridg*"), Rule.parse("one", "title:bridge")
        >>> [finding.problem for finding in lint_rules([wide, narrow])]
        ['whatever goes here goes to `all` too']
    """
    wanted = {rule.name: _with_kinds(rule) for rule in rules}
    never = {name for name, query in wanted.items() if not can_hold(query)}
    findings = [Finding(name, "never matches: its clauses contradict each other") for name in never]
    for narrow, wide in permutations((name for name in wanted if name not in never), 2):
        if covers(wanted[wide], wanted[narrow]):
            findings.append(Finding(narrow, f"whatever goes here goes to `{wide}` too"))
    order = {rule.name: place for place, rule in enumerate(rules)}
    return sorted(findings, key=lambda finding: order[finding.rule])


def _with_kinds(rule: Rule) -> Query:
    """Say in a rule's query which kinds it sees."""
    kinds = [QueryClause(QueryField.KIND, kind.value) for kind in sorted(rule.kinds)]
    return both([rule.query, either(kinds)])
