"""A rule: the name of a route, and the query that says which articles it wants."""

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

UNASKED_KINDS = frozenset({ArticleKind.NEW, ArticleKind.REVISION})
"""The kinds that every rule sees; of the others only those that it names."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A route's name, and the query that says which articles it wants.

    A rule sees new articles and revisions. Copies, unchanged refetches and corrections it
    sees only when its query names their kind, other than behind a ``not``: a subscriber
    of a route gets no story twice unless the route is meant for that.

    Attributes:
        name: ``[a-z0-9-]{1,60}``; part of its topic's name.
        query: What it wants.
        about: What it is for, for people; may be empty.
        tests: Samples that it is to want, or not.
        kinds: The kinds that it sees.
        check: The query, made ready.
    """

    name: str
    query: Query
    about: str = ""
    tests: tuple[Sample, ...] = field(default=(), compare=False, repr=False)
    kinds: frozenset[ArticleKind] = field(init=False, compare=False, repr=False)
    check: Predicate = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", UNASKED_KINDS | named_kinds(self.query))
        object.__setattr__(self, "check", compile_query(self.query))

    @classmethod
    def parse(
        cls, name: str, when: str, *, about: str = "", tests: tuple[Sample, ...] = ()
    ) -> Self:
        """Make a rule of a query's text.

        Raises:
            QuerySyntaxError: If ``when`` is no query.

        Examples:
            >>> Rule.parse("sport", 'title:"sport*"').when
            'title:sport*'
        """
        return cls(name=name, query=parse_query(when), about=about, tests=tests)

    @property
    def when(self) -> str:
        """Its query as text, in the one spelling."""
        return query_text(self.query)

    def wants(self, facts: ArticleFacts) -> bool:
        """Whether the article goes to this route."""
        return facts.kind in self.kinds and self.check(facts)

    def verdict(self, facts: ArticleFacts) -> Verdict:
        """Tell whether the article goes to this route, and by which clauses."""
        if facts.kind in self.kinds:
            return evaluate_query(self.query, facts)
        return Verdict(
            holds=False, clauses=((QueryClause(QueryField.KIND, facts.kind.value), True),)
        )

    def failed_tests(self) -> list[tuple[Sample, Verdict]]:
        """List the samples that do not go where they are to go, and why."""
        return [
            (one, self.verdict(one.facts))
            for one in self.tests
            if self.wants(one.facts) is not one.wanted
        ]


def named_kinds(query: Query) -> frozenset[ArticleKind]:
    """List the kinds that a query names other than behind a ``not``.

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> sorted(named_kinds(parse_query("kind:copy and not kind:new")))
        [<ArticleKind.COPY: 'copy'>]
    """
    return frozenset(_asked(query, plain=True))


def _asked(query: Query, *, plain: bool) -> Iterator[ArticleKind]:
    match query:
        case QueryClause(field=QueryField.KIND) if plain:
            yield ArticleKind(query.value)
        case QueryClause():
            pass
        case Not(part=part):
            yield from _asked(part, plain=not plain)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _asked(part, plain=plain)
