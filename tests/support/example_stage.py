"""A stage that is not in the topology: it consists of its entry and its processor only.

It sends articles that name an entity to the topic of a route, and rejects the others. Run as a
program, it is one worker of that stage.
"""

from collections.abc import Iterable

from streams.outcome import Emit, Outcome, Reject, RejectReason
from streams.processors.message import (
    Message,
    OutgoingMessage,
    Processor,
    outgoing_message,
    processor_for,
)
from streams.records import EnrichedArticle, Record
from streams.records.topics import DEAD_LETTER, ENRICHED, routed_topic
from streams.settings import Settings, load_settings
from streams.topology import FAILED, UNREADABLE, Stage

LOCATED = routed_topic("located")

EXAMPLE_STAGE = Stage(
    name="example",
    reads=((ENRICHED, EnrichedArticle),),
    writes=(LOCATED, DEAD_LETTER),
    rejects=(*UNREADABLE, *FAILED),
    text="sends articles that name an entity to `located`",
    processor="tests.support.example_stage",
)


def build_processor(settings: Settings) -> Processor:  # noqa: ARG001
    """Build the processor of the stage."""

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(article, EnrichedArticle)
        if not article.entities:
            return Reject(RejectReason.STAGE_FAILED, "names nothing")
        return Emit([outgoing_message(article, LOCATED)])

    return processor_for(EXAMPLE_STAGE, decide)


if __name__ == "__main__":
    from streams.worker.worker import run_worker

    run_worker(EXAMPLE_STAGE, load_settings())
