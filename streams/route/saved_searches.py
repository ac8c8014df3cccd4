"""Match an article against all saved searches, and build an alert for each match."""

import zlib
from collections import Counter
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

MAX_ALERTS_OF_OWNER = 100
"""Largest number of alerts that an article raises for one owner: 10 articles a second raise some
1,000 alerts, which route builds and deliver sends. An article that matches more searches of one
owner matches what a route is for."""

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
    """The active saved searches, by subscription id.

    Args:
        max_of_owner: Alerts that an article raises for one owner. Searches of the operator, which
            have no owner, are not limited.

    Attributes:
        withheld: Number of alerts that were not raised because of this limit, by owner.
    """

    def __init__(self, *, max_of_owner: int = MAX_ALERTS_OF_OWNER) -> None:
        self.withheld: Counter[str] = Counter()
        self._max_of_owner = max_of_owner
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

        Of an owner with more matching searches than the limit some are chosen by the id of the
        article: the same after a redelivery, and others for the next article.

        Args:
            article: An article from ``tag``, or a duplicate from ``dedupe``.
            facts: Facts of the article.
        """
        if not self._searches:
            return []
        matching = (self._searches[name] for name in self._percolator.matching(facts))
        seeing = [search for search in matching if search.sees(article, facts.kind)]
        return [build_alert(search, article, facts) for search in self._limited(seeing, article)]

    def _limited(self, searches: list[ActiveSearch], article: Article) -> list[ActiveSearch]:
        """Return the searches without those beyond the limit of their owner; count these."""
        if len(searches) <= self._max_of_owner:
            return searches
        by_owner: dict[str, list[ActiveSearch]] = {}
        for search in searches:
            by_owner.setdefault(search.subscription.owner, []).append(search)
        left_out: set[str] = set()
        for owner, owned in by_owner.items():
            n_excess = len(owned) - self._max_of_owner
            if owner and n_excess > 0:
                start = zlib.crc32(article.id.encode()) % len(owned)
                turned = owned[start:] + owned[:start]
                left_out.update(each.subscription.id for each in turned[:n_excess])
                self.withheld[owner] += n_excess
        return [search for search in searches if search.subscription.id not in left_out]


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
