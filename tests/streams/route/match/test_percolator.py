"""The percolator gives the same results as evaluating each query."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streams.route.match.evaluate import compile_query
from streams.route.match.facts import ArticleFacts, article_facts
from streams.route.match.percolator import LEARNED_ARTICLES, Percolator
from streams.route.query.ast import Query
from streams.route.query.grammar import parse_query
from tests.support.builders import enriched_article, entity
from tests.support.strategies import articles, at_most, queries

BRIDGE = article_facts(enriched_article(entities=(entity("Vladimir Putin", id="Q7747"),)))
NAMES = st.sampled_from(["one", "two", "three", "four"])


def asked(searches: dict[str, Query], facts: ArticleFacts) -> list[str]:
    """Return the names of matching queries, by evaluating each one."""
    return sorted(name for name, query in searches.items() if compile_query(query)(facts))


def holding(**searches: str) -> Percolator:
    """Return a percolator with some queries."""
    percolator = Percolator()
    for name, query in searches.items():
        percolator.put(name, parse_query(query))
    return percolator


@given(st.dictionaries(st.text(max_size=3), queries(), max_size=12), st.lists(articles()))
def test_matching_agrees_with_evaluating_every_query(searches, some) -> None:
    percolator = Percolator()
    for name, query in searches.items():
        percolator.put(name, query)

    for facts in map(article_facts, some):
        assert percolator.matching(facts) == asked(searches, facts)


class Changes(RuleBasedStateMachine):
    """Queries are added, replaced and removed between articles."""

    @initialize()
    def start(self) -> None:
        self.percolator = Percolator()
        self.searches: dict[str, Query] = {}

    @rule(name=NAMES, query=queries())
    def put(self, name: str, query: Query) -> None:
        self.percolator.put(name, query)
        self.searches[name] = query

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        self.percolator.remove(name)
        self.searches.pop(name, None)

    @rule(article=articles())
    def ask(self, article) -> None:
        facts = article_facts(article)

        assert self.percolator.matching(facts) == asked(self.searches, facts)

    @invariant()
    def holds_as_many_as_were_put(self) -> None:
        assert len(self.percolator) == len(self.searches)
        assert len(self.percolator._entries) <= len(self.searches)

    def teardown(self) -> None:
        for name in list(self.searches):
            self.percolator.remove(name)

        assert len(self.percolator._entries) == 0
        assert not any((self.percolator._by_feature, self.percolator._by_prefix))
        assert not self.percolator._always


TestChanges = Changes.TestCase
TestChanges.settings = at_most(80)


def test_equal_queries_share_entry() -> None:
    percolator = holding(a="bridge and storm", b="STORM and Bridge", c="bridge")

    assert (len(percolator), len(percolator._entries)) == (3, 2)
    assert percolator.matching(BRIDGE) == ["a", "b", "c"]


def test_put_replaces_query() -> None:
    percolator = holding(a="bridge")
    percolator.put("a", parse_query("tunnel"))

    assert percolator.matching(BRIDGE) == []


def test_remove_keeps_other_names_of_entry() -> None:
    percolator = holding(a="bridge", b="bridge")
    percolator.remove("a")
    percolator.remove("nobody")

    assert percolator.matching(BRIDGE) == ["b"]


def test_prefixes_of_words_and_names_match() -> None:
    percolator = holding(a="brid*", b='entity:"vladimir p*"', c="entity:putin*", d="zz*")

    assert percolator.matching(BRIDGE) == ["a", "b"]


def test_shortest_prefixes_match() -> None:
    article = article_facts(enriched_article(title="日本の橋", entities=(entity("日本"),)))
    percolator = holding(a="橋*", b="entity:日*", c='"の 橋*"', d='"本 の*"~2', e="no*")

    assert percolator.matching(article) == ["a", "b", "c", "d"]


def test_share_is_learned_from_articles() -> None:
    percolator = holding()
    for _ in range(9):
        percolator.matching(BRIDGE)

    assert percolator.share("bridge") > 5 * percolator.share("tunnel")


def test_queries_are_reindexed_under_learned_rare_terms() -> None:
    percolator = holding(**{f"s{number}": f'"bridge xy{number}"' for number in range(50)})
    percolator.put("a", parse_query('"bridge op"'))
    for number in range(LEARNED_ARTICLES + 3):
        percolator.matching(article_facts(enriched_article(title=f"op{number} op")))

    (filed,) = percolator._named["a"].terms or ()

    assert filed == "bridge"
    assert percolator._by_feature["bridge"] == {percolator._named["a"]}
