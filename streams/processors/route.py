"""The step of `route`: articles to the topics of their routes, alerts to whoever searches."""

from collections.abc import Iterable

from streams.outcome import Emit, Outcome
from streams.processors.message import Message, Sending, Step, sending, step_of
from streams.records import DuplicateArticle, EnrichedArticle, Record, routed_topic
from streams.route.article import route_article
from streams.route.match.facts import article_facts
from streams.route.rules import Rule
from streams.route.saved_searches import Searches
from streams.topology import ROUTE_STAGE


def route_step(rules: tuple[Rule, ...], searches: Searches | None = None) -> Step:
    """Run `route_article` on enriched and duplicate records, and ask the saved searches.

    Args:
        rules: In the order of their file.
        searches: May change between two messages; none: there are none.
    """
    asked = Searches() if searches is None else searches

    def decide(article: Record, message: Message) -> Outcome[Iterable[Sending]]:  # noqa: ARG001
        assert isinstance(article, EnrichedArticle | DuplicateArticle)  # noqa: S101  # the same
        facts = article_facts(article)
        outcome = route_article(article, rules, facts)
        if not isinstance(outcome, Emit):
            return outcome
        routed = outcome.record
        sendings = [sending(routed.article, routed_topic(route)) for route in routed.routes]
        return Emit(sendings + [sending(alert) for alert in asked.alerts(article, facts)])

    return step_of(ROUTE_STAGE, decide)
