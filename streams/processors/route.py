"""The step of `route`: articles to the topics of their routes, alerts to whoever searches."""

from collections.abc import Iterable

from streams.config.routes import load_routes
from streams.outcome import Emit, Outcome
from streams.processors.message import (
    Message,
    OutgoingMessage,
    Processor,
    outgoing_message,
    processor_for,
)
from streams.records import DuplicateArticle, EnrichedArticle, Record, routed_topic
from streams.route.article import route_article
from streams.route.match.facts import article_facts
from streams.route.rules import Rule
from streams.route.saved_searches import ActiveSearches
from streams.settings import Settings
from streams.topology import ROUTE_STAGE


def build_processor(settings: Settings) -> Processor:
    """Build the processor of the stage, with the rules of the settings and no saved search.

    Raises:
        UsageError: If the rules cannot be used.
    """
    return route_processor(load_routes(settings.routes))


def route_processor(rules: tuple[Rule, ...], searches: ActiveSearches | None = None) -> Processor:
    """Run `route_article` on enriched and duplicate records, and ask the saved searches.

    Args:
        rules: In the order of their file.
        searches: May change between two messages; none: there are none.
    """
    asked = ActiveSearches() if searches is None else searches

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(article, EnrichedArticle | DuplicateArticle)  # noqa: S101  # the same
        facts = article_facts(article)
        outcome = route_article(article, rules, facts)
        if not isinstance(outcome, Emit):
            return outcome
        routed = outcome.record
        sendings = [
            outgoing_message(routed.article, routed_topic(route)) for route in routed.routes
        ]
        return Emit(sendings + [outgoing_message(alert) for alert in asked.alerts(article, facts)])

    return processor_for(ROUTE_STAGE, decide)
