"""The step of `tag`: unique records to enriched ones."""

from collections.abc import Callable, Iterable

from streams.outcome import Outcome
from streams.processors.message import Message, OutgoingMessage, Processor, emit_one, processor_for
from streams.records import Record, UniqueArticle
from streams.tag.article import Tagger, tag_article
from streams.topology import TAG_STAGE


def tag_processor(tagger: Callable[[], Tagger]) -> Processor:
    """Run `tag_article` on unique records.

    Args:
        tagger: Gives the tagger as it is now: a user's own entities may change.
    """

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(article, UniqueArticle)  # noqa: S101  # what the topology reads here
        return emit_one(tag_article(article, tagger()))

    return processor_for(TAG_STAGE, decide)
