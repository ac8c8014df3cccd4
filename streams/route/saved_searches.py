"""The saved searches of all subscribers: an article in, an alert for each that wants it out."""

from dataclasses import dataclass

from streams.records import Alert, AlertKind, Clause, EnrichedArticle, Field, Subscription
from streams.route.match.evaluate import Verdict, matched_clauses
from streams.route.match.facts import Article, ArticleFacts
from streams.route.match.highlights import find_highlights
from streams.route.match.percolator import Percolator
from streams.route.match.snippet import cut_snippet
from streams.route.query.ast import ArticleKind, Query
from streams.route.rules import named_kinds
from streams.route.search_query import parse_search

MAX_CLAUSES = 10
"""Clauses that an alert names: a query may need a hundred of them not to hold."""

MAX_ENTITIES = 10
"""Entities that an alert names."""

SUMMARY_CHARS = 300
"""How much of the text an alert has: two or three sentences."""


@dataclass(frozen=True, slots=True)
class ActiveSearch:
    """A subscription that is in force.

    Attributes:
        subscription: As its owner wrote it.
        query: What it looks for.
        asked: The kinds that its query names.
    """

    subscription: Subscription
    query: Query
    asked: frozenset[ArticleKind]

    def sees(self, article: Article, kind: ArticleKind) -> bool:
        """Whether it looks at articles of this kind at all."""
        if kind in self.asked:
            return True
        if kind is ArticleKind.REVISION and isinstance(article, EnrichedArticle):
            return AlertKind.REVISION in self.subscription.kinds and article.revision.material
        return kind.value in self.subscription.kinds


class ActiveSearches:
    """Holds the searches that are in force, by subscription."""

    def __init__(self) -> None:
        """Hold none."""
        self._searches: dict[str, ActiveSearch] = {}
        self._percolator = Percolator()

    def __len__(self) -> int:
        """How many are in force."""
        return len(self._searches)

    def put(self, subscription: Subscription) -> None:
        """Add or change a search; a paused one is not in force.

        Raises:
            QuerySyntaxError: If its query cannot be used; then it is not in force.
        """
        self.remove(subscription.id)
        if subscription.paused:
            return
        search = build_search(subscription)
        self._searches[subscription.id] = search
        self._percolator.put(subscription.id, search.query)

    def remove(self, subscription_id: str) -> None:
        """Forget a search; one that is not there is no error."""
        if self._searches.pop(subscription_id, None):
            self._percolator.remove(subscription_id)

    def alerts(self, article: Article, facts: ArticleFacts) -> list[Alert]:
        """Make an alert for each search that wants an article, in the order of their ids.

        Args:
            article: From ``tag``, or a duplicate from ``dedupe``.
            facts: Of this article.
        """
        if not self._searches:
            return []
        wanting = (self._searches[name] for name in self._percolator.wanting(facts))
        return [
            build_alert(search, article, facts)
            for search in wanting
            if search.sees(article, facts.kind)
        ]


def build_search(subscription: Subscription) -> ActiveSearch:
    """Make ready what a subscription looks for.

    Raises:
        QuerySyntaxError: If its query cannot be used.
    """
    query = parse_search(subscription.query)
    return ActiveSearch(subscription, query, named_kinds(query))


def build_alert(search: ActiveSearch, article: Article, facts: ArticleFacts) -> Alert:
    """Say that a search matched an article, by what and where.

    Args:
        search: What matched.
        article: What it matched.
        facts: Of this article.
    """
    found = Verdict(holds=True, clauses=matched_clauses(search.query, facts))
    places = find_highlights(article, facts, [one for one, holds in found.clauses if holds])
    in_text = next((one for one in places if one.field is Field.TEXT), None)
    start, around = cut_snippet(article.text, in_text.start, in_text.end) if in_text else (0, "")
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
        summary=_beginning(article.text),
        clauses=tuple(Clause(text=text) for text in found.spelled[:MAX_CLAUSES]),
        highlights=places,
        entities=enriched.entities[:MAX_ENTITIES] if enriched else (),
        passage=around,
        passage_start=start,
    )


def _beginning(text: str) -> str:
    flat = " ".join(text[: 2 * SUMMARY_CHARS].split())
    if len(flat) <= SUMMARY_CHARS:
        return flat
    return flat[: SUMMARY_CHARS - 1].rsplit(" ", 1)[0] + "…"
