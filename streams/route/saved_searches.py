"""Match an article against all saved searches, and build an alert for each match."""

from dataclasses import dataclass

from streams.records import (
    Alert,
    AlertKind,
    Clause,
    EnrichedArticle,
    Field,
    Subscription,
    named_entities,
)
from streams.route.match.evaluate import Verdict, matched_clauses
from streams.route.match.facts import Article, ArticleFacts
from streams.route.match.highlights import find_highlights
from streams.route.match.percolator import Percolator
from streams.route.match.snippet import beginning, cut_snippet
from streams.route.query.ast import ArticleKind, Query
from streams.route.rules import named_kinds
from streams.route.search_query import parse_search

MAX_CLAUSES = 10
"""Largest number of clauses in an alert; a query may have a hundred that must not hold."""

MAX_ENTITIES = 10
"""Largest number of entities in an alert."""

SUMMARY_CHARS = 300
"""Length of an alert's summary: two or three sentences."""


@dataclass(frozen=True, slots=True)
class ActiveSearch:
    """An active saved search.

    Attributes:
        subscription: The saved search as its owner wrote it.
        query: Its parsed query.
        named_kinds: The kinds that the query names.
    """

    subscription: Subscription
    query: Query
    named_kinds: frozenset[ArticleKind]

    def sees(self, article: Article, kind: ArticleKind) -> bool:
        """Whether the search applies to articles of this kind."""
        if kind in self.named_kinds:
            return True
        if kind is ArticleKind.REVISION and isinstance(article, EnrichedArticle):
            return AlertKind.REVISION in self.subscription.kinds and article.revision.material
        return kind.value in self.subscription.kinds


class ActiveSearches:
    """The active saved searches, by subscription id."""

    def __init__(self) -> None:
        self._searches: dict[str, ActiveSearch] = {}
        self._percolator = Percolator()

    def __len__(self) -> int:
        """Return the number of active searches."""
        return len(self._searches)

    def put(self, subscription: Subscription) -> None:
        """Add or replace a search; a paused search is not active.

        Raises:
            QuerySyntaxError: If its query is invalid; the search is then not active.
        """
        self.remove(subscription.id)
        if subscription.paused:
            return
        search = build_search(subscription)
        self._searches[subscription.id] = search
        self._percolator.put(subscription.id, search.query)

    def remove(self, subscription_id: str) -> None:
        """Remove a search; an unknown id is ignored."""
        if self._searches.pop(subscription_id, None):
            self._percolator.remove(subscription_id)

    def alerts(self, article: Article, facts: ArticleFacts) -> list[Alert]:
        """Return an alert for each search that matches an article, in the order of their ids.

        Args:
            article: An article from ``tag``, or a duplicate from ``dedupe``.
            facts: Facts of the article.
        """
        if not self._searches:
            return []
        matching = (self._searches[name] for name in self._percolator.matching(facts))
        return [
            build_alert(search, article, facts)
            for search in matching
            if search.sees(article, facts.kind)
        ]


def build_search(subscription: Subscription) -> ActiveSearch:
    """Return the active search of a subscription, with its query parsed.

    Raises:
        QuerySyntaxError: If the query is invalid.
    """
    query = parse_search(subscription.query)
    return ActiveSearch(subscription, query, named_kinds(query))


def build_alert(search: ActiveSearch, article: Article, facts: ArticleFacts) -> Alert:
    """Return the alert for a match, with the clauses that matched and their positions.

    Args:
        search: The search that matches.
        article: The article that it matches.
        facts: Facts of the article.
    """
    verdict = Verdict(holds=True, clauses=matched_clauses(search.query, facts))
    positive = [clause for clause, holds in verdict.clauses if holds]
    highlights = find_highlights(article, facts, positive)
    in_text = next((mark for mark in highlights if mark.field is Field.TEXT), None)
    start, passage = cut_snippet(article.text, in_text.start, in_text.end) if in_text else (0, "")
    enriched = article if isinstance(article, EnrichedArticle) else None
    revision = enriched.revision.number if enriched else 1
    version = revision if enriched else facts.kind.value
    return Alert(
        id=f"{search.subscription.id}/{article.id}/{version}",
        subscription_id=search.subscription.id,
        article_id=article.id,
        kind=AlertKind(facts.kind.value),
        revision=revision,
        title=article.title,
        url=article.url,
        published=article.published.time,
        source=article.source,
        language=article.language.code,
        summary=beginning(article.text, SUMMARY_CHARS),
        clauses=tuple(Clause(text=text) for text in verdict.spelled[:MAX_CLAUSES]),
        highlights=highlights,
        entities=named_entities(enriched.entities)[:MAX_ENTITIES] if enriched else (),
        passage=passage,
        passage_start=start,
    )
