"""The step of `dedupe`: clean records to unique and duplicate ones, and to what is remembered."""

from collections.abc import Iterable
from datetime import timedelta

from streams.dedupe.article import dedupe_article
from streams.dedupe.memory.blobs import BlobStore
from streams.dedupe.memory.memory import ArticleMemory
from streams.outcome import Emit, Outcome
from streams.processors.message import (
    Message,
    OutgoingMessage,
    Processor,
    emit_one,
    outgoing_message,
    processor_for,
)
from streams.records import CleanArticle, Record
from streams.records.topics import MEMORY
from streams.settings import Settings
from streams.topology import DEDUPE_STAGE


def empty_memory(settings: Settings, shelf: BlobStore | None = None) -> ArticleMemory:
    """Make a memory with the bounds and the threshold of these settings and nothing in it.

    Args:
        settings: With the bounds.
        shelf: Where the bulky part of each record lies; none: in memory, 2 KB an article.
    """
    return ArticleMemory(
        horizon=timedelta(days=settings.dedupe_horizon_days),
        max_articles=settings.dedupe_max_articles,
        threshold=settings.dedupe_threshold,
        shelf=shelf,
    )


def dedupe_processor(memories: ArticleMemory) -> Processor:
    """Run `dedupe_article` on clean records; what is to be remembered is sent with the answer."""

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        assert isinstance(article, CleanArticle)  # noqa: S101  # what the topology reads here
        decision = dedupe_article(article, memories, origin=message.origin)
        answer = emit_one(decision.outcome)
        if not isinstance(answer, Emit):
            return answer
        sendings = list(answer.record)
        if decision.remember is not None:
            sendings.append(outgoing_message(decision.remember))
        sendings += [OutgoingMessage(MEMORY.name, name.encode(), None) for name in decision.forget]
        return Emit(sendings)

    return processor_for(DEDUPE_STAGE, decide)
