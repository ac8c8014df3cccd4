"""Rules: the name of a route and the query that selects its articles."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from streams.route.match.clause import Predicate
from streams.route.match.evaluate import Verdict, compile_query, evaluate_query
from streams.route.match.facts import ArticleFacts
from streams.route.query.ast import (
    And,
    ArticleKind,
    Not,
    Or,
    Query,
    QueryClause,
    QueryField,
    query_text,
)
from streams.route.query.grammar import parse_query
from streams.route.sample import Sample

DEFAULT_KINDS = frozenset({ArticleKind.NEW, ArticleKind.REVISION})
"""The kinds that every rule applies to; to other kinds a rule applies only if it names them."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The name of a route and the query that selects its articles.

    A rule applies to new articles and revisions. It applies to copies, unchanged refetches and
    corrections only when its query names their kind, not counting kinds behind a ``not``: a
    subscriber of a route gets no story twice unless the route is meant for that.

    Attributes:
        name: ``[a-z0-9-]{1,60}``; part of the topic's name.
        query: Query that selects the articles.
        about: Purpose of the route, for people; may be empty.
        tests: Samples that the rule is expected to match, or not.
        kinds: The kinds that the rule applies to.
        check: The compiled query.
    """

    name: str
    query: Query
    about: str = ""
    tests: tuple[Sample, ...] = field(default=(), compare=False, repr=False)
    kinds: frozenset[ArticleKind] = field(init=False, compare=False, repr=False)
    check: Predicate = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", DEFAULT_KINDS | named_kinds(self.query))
        object.__setattr__(self, "check", compile_query(self.query))

    @classmethod
    def parse(
        cls, name: str, when: str, *, about: str = "", tests: tuple[Sample, ...] = ()
    ) -> Self:
        """Return a rule whose query is given as text.

        Raises:
            QuerySyntaxError: If ``when`` is not a valid query.

        Examples:
            >>> Rule.parse("sport", 'title:"sport*"').when
            'title:sport*'
        """
        return cls(name=name, query=parse_query(when), about=about, tests=tests)

    @property
    def when(self) -> str:
        """The query as text, in its normal spelling."""
        return query_text(self.query)

    def wants(self, facts: ArticleFacts) -> bool:
        """Whether the article goes to this route."""
        return facts.kind in self.kinds and self.check(facts)

    def verdict(self, facts: ArticleFacts) -> Verdict:
        """Return whether the article goes to this route, and the clauses that decide it."""
        if facts.kind in self.kinds:
            return evaluate_query(self.query, facts)
        return Verdict(
            holds=False, clauses=((QueryClause(QueryField.KIND, facts.kind.value), True),)
        )

    def failed_tests(self) -> list[tuple[Sample, Verdict]]:
        """Return the samples that the rule does not treat as expected, each with the verdict."""
        return [
            (sample, self.verdict(sample.facts))
            for sample in self.tests
            if self.wants(sample.facts) is not sample.wanted
        ]


def named_kinds(query: Query) -> frozenset[ArticleKind]:
    """Return the kinds that a query names, without those behind a ``not``.

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> sorted(named_kinds(parse_query("kind:copy and not kind:new")))
        [<ArticleKind.COPY: 'copy'>]
    """
    return frozenset(_kinds_in(query, is_positive=True))


def _kinds_in(query: Query, *, is_positive: bool) -> Iterator[ArticleKind]:
    match query:
        case QueryClause(field=QueryField.KIND) if is_positive:
            yield ArticleKind(query.value)
        case QueryClause():
            pass
        case Not(part=part):
            yield from _kinds_in(part, is_positive=not is_positive)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _kinds_in(part, is_positive=is_positive)
