"""The route stage: routes and receipts of an article."""

from hypothesis import given
from hypothesis import strategies as st

from streams.config.routes_file import parse_routes
from streams.outcome import Emit
from streams.records import Change, DuplicateArticle, EnrichedArticle, Receipt, Revision
from streams.records.topics import UNMATCHED
from streams.route.article import MAX_EVIDENCE, Routed, explain_rule, route_article
from streams.route.match.facts import article_facts
from streams.route.rules import Rule
from tests.support.builders import duplicate_article, enriched_article
from tests.support.strategies import queries, records

BRIDGE = Rule.parse("bridges", "bridge and not title:sport*")
FERRY = Rule.parse("ferries", "ferries or boats")
SPORT = Rule.parse("sport", "title:sport*")
COPIES = Rule.parse("copies", "kind:copy")


def receipt(decision: str, rule: str, evidence: str) -> Receipt:
    """Return a receipt of the route stage."""
    return Receipt(stage="route", decision=decision, rule=rule, evidence=evidence)


def routed(article, *rules: Rule) -> Routed:
    """Return what the stage emits."""
    outcome = route_article(article, rules)
    assert isinstance(outcome, Emit)
    return outcome.record


def test_route_article_returns_matching_routes_with_receipts() -> None:
    found = routed(enriched_article(), BRIDGE, SPORT, FERRY)

    assert found.routes == ("bridges", "ferries")
    assert found.article.receipts == (
        receipt("routed", "bridges", "bridge and not title:sport*"),
        receipt("routed", "ferries", "ferries"),
    )


def test_route_article_sends_others_to_unmatched() -> None:
    found = routed(enriched_article(), SPORT, COPIES)

    assert found.routes == (UNMATCHED,)
    assert found.article.receipts == (
        receipt("unmatched", "", "sport: not title:sport*; copies: not kind:copy"),
    )


def test_route_article_routes_revisions_as_new_articles() -> None:
    assert routed(enriched_article(revision=Revision(number=3)), BRIDGE).routes == ("bridges",)


def test_route_article_sends_copy_to_rules_naming_copies() -> None:
    assert routed(duplicate_article(), BRIDGE, COPIES).routes == ("copies",)


def test_route_article_sends_unnamed_copy_nowhere() -> None:
    found = routed(duplicate_article(change=Change.UNCHANGED), BRIDGE, COPIES)

    assert found.routes == ()
    assert found.article.receipts == (receipt("not_asked_for", "", "kind:unchanged"),)


def test_route_article_changes_only_receipts() -> None:
    before = Receipt(stage="tag", decision="tagged")
    article = enriched_article(receipts=(before,))

    found = routed(article, BRIDGE).article

    assert found.receipts[0] == before
    assert enriched_article(receipts=found.receipts) == found


def test_route_article_limits_evidence() -> None:
    rules = tuple(Rule.parse(f"rule-{number}", "x" * 60) for number in range(100))

    evidence = routed(enriched_article(), *rules).article.receipts[0].evidence

    assert len(evidence) == MAX_EVIDENCE
    assert evidence.endswith("…")


ANY_ARTICLE = st.one_of(records(EnrichedArticle), records(DuplicateArticle))
ANY_RULES = st.lists(queries(), max_size=3).map(
    lambda some: tuple(Rule(name=f"r{n}", query=query) for n, query in enumerate(some))
)


@given(ANY_ARTICLE, ANY_RULES)
def test_route_gets_article_if_and_only_if_rule_matches(article, rules) -> None:
    facts = article_facts(article)
    wanting = tuple(rule.name for rule in rules if rule.wants(facts))
    nobody = (UNMATCHED,) if isinstance(article, EnrichedArticle) else ()

    assert routed(article, *rules).routes == (wanting or nobody)


@given(ANY_ARTICLE, ANY_RULES)
def test_explain_rule_agrees_with_route_article(article, rules) -> None:
    explained = tuple(rule.name for rule in rules if explain_rule(article, rule).wanted)

    assert set(routed(article, *rules).routes) - {UNMATCHED} == set(explained)


def test_explain_rule_names_deciding_clauses() -> None:
    explanation = explain_rule(enriched_article(), BRIDGE)

    assert (explanation.rule, explanation.wanted) == ("bridges", True)
    assert explanation.clauses == ("bridge", "not title:sport*")
    assert explanation.reason == "wanted, since bridge and not title:sport*"


def test_explain_rule_names_failed_clause() -> None:
    assert explain_rule(enriched_article(), SPORT).reason == "not wanted, since not title:sport*"


def test_explain_rule_names_kind_that_rule_lacks() -> None:
    assert explain_rule(duplicate_article(), BRIDGE).reason == (
        "not wanted, since it is kind:copy and the rule does not ask for that"
    )


def test_rules_of_file_route_by_name() -> None:
    rules = parse_routes("[[route]]\nname = 'news'\nwhen = 'harbor'\n", file="routes.toml")

    assert routed(enriched_article(), *rules).routes == ("news",)
