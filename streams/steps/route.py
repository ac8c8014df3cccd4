"""The step of `route`: enriched and duplicate records to the topics of their routes."""

from collections.abc import Iterable

from schemas import DuplicateArticle, EnrichedArticle, Record, routed_topic
from streams.outcome import Emit, Outcome
from streams.route.article import route_article
from streams.route.rules import Rule
from streams.steps.message import Message, Sending, Step, sending, step_of
from streams.topology import ROUTE_STAGE


def route_step(rules: tuple[Rule, ...]) -> Step:
    """Run `route_article` on enriched and duplicate records."""

    def decide(article: Record, message: Message) -> Outcome[Iterable[Sending]]:  # noqa: ARG001
        assert isinstance(article, EnrichedArticle | DuplicateArticle)  # noqa: S101  # the same
        outcome = route_article(article, rules)
        if not isinstance(outcome, Emit):
            return outcome
        routed = outcome.record
        return Emit([sending(routed.article, routed_topic(route)) for route in routed.routes])

    return step_of(ROUTE_STAGE, decide)
