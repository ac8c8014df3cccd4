"""Predicates of single clauses; `test_evaluate` tests them within queries."""

from streams.route.match.clause import clause_predicate
from streams.route.match.facts import article_facts
from streams.route.query.ast import QueryClause, QueryField
from tests.support.builders import enriched_article


def test_clause_predicate_is_cached() -> None:
    one, same = (QueryClause(QueryField.ANY, "bridge") for _ in range(2))

    assert clause_predicate(one) is clause_predicate(same)
    assert clause_predicate(one)(article_facts(enriched_article()))
