"""Findings of the rule linter."""

from streams.config.routes import load_routes
from streams.route.lint import Finding, lint_rules
from streams.route.rules import Rule


def rules(**queries: str) -> list[Rule]:
    """Return rules by name."""
    return [Rule.parse(name, query) for name, query in queries.items()]


def test_lint_rules_finds_rule_that_never_matches() -> None:
    assert lint_rules(rules(a="bridge", b="language:en and language:de")) == [
        Finding("b", "never matches: its clauses contradict each other")
    ]


def test_lint_rules_finds_rule_with_contradicting_kinds() -> None:
    (finding,) = lint_rules(rules(a="bridge and not kind:new and not kind:revision"))

    assert finding.problem.startswith("never matches")


def test_lint_rules_finds_covered_rule() -> None:
    assert lint_rules(rules(narrow="title:bridge and storm", other="x", wide="bridge or a")) == [
        Finding("narrow", "every article for this route also goes to `wide`")
    ]


def test_lint_rules_finds_equal_rules() -> None:
    assert [finding.rule for finding in lint_rules(rules(a="x and y", b="y and x"))] == ["a", "b"]


def test_lint_rules_distinguishes_kinds() -> None:
    assert lint_rules(rules(a="bridge and kind:copy", b="bridge")) == []


def test_shipped_rules_have_no_findings_and_pass_tests() -> None:
    shipped = load_routes()

    assert lint_rules(shipped) == []
    assert sum(len(rule.tests) for rule in shipped) >= 6
    assert [rule.failed_tests() for rule in shipped] == [[]] * len(shipped)
