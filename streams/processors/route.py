"""The processor of `route`: send articles to the topics of their routes, and raise alerts."""

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
    """Build the processor of the stage, with the rules of the settings and without searches.

    Raises:
        UsageError: If the rules are invalid.
    """
    return route_processor(load_routes(settings.routes))


def route_processor(rules: tuple[Rule, ...], searches: ActiveSearches | None = None) -> Processor:
    """Return a processor that runs `route_article` and matches the saved searches.

    Args:
        rules: Rules in the order of their file.
        searches: Active saved searches, which may change between two messages; defaults to none.
    """
    active = ActiveSearches() if searches is None else searches

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(article, EnrichedArticle | DuplicateArticle)  # noqa: S101  # the topology reads only these
        facts = article_facts(article)
        outcome = route_article(article, rules, facts)
        if not isinstance(outcome, Emit):
            return outcome
        routed = outcome.record
        messages = [
            outgoing_message(routed.article, routed_topic(route)) for route in routed.routes
        ]
        return Emit(messages + [outgoing_message(alert) for alert in active.alerts(article, facts)])

    return processor_for(ROUTE_STAGE, decide)
