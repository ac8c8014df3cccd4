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


def build_processor(settings: Settings) -> Processor:
    """Build the processor of the stage, remembering nothing yet."""
    return dedupe_processor(empty_memory(settings))


def empty_memory(settings: Settings, blobs: BlobStore | None = None) -> ArticleMemory:
    """Make a memory with the bounds and the threshold of these settings and nothing in it.

    Args:
        settings: With the bounds.
        blobs: Where the bulky part of each record lies; none: in memory, 2 KB an article.
    """
    return ArticleMemory(
        horizon=timedelta(days=settings.dedupe_horizon_days),
        max_articles=settings.dedupe_max_articles,
        threshold=settings.dedupe_threshold,
        blobs=blobs,
    )


class DedupeState:
    """The memory of `dedupe`.

    Attributes:
        step: Runs `dedupe_article` on this memory.
    """

    def __init__(self, memory: ArticleMemory) -> None:
        """Begin with a memory."""
        self._memory = memory
        self.step = dedupe_processor(memory)

    def take_in(self, key: bytes | None, value: bytes | None) -> None:
        """Remember an article, or forget one.

        Raises:
            DecodeError: If the value is no record of a memory.
        """
        if value is None:
            self._memory.load_tombstone((key or b"").decode("utf-8", "replace"))
        else:
            self._memory.load_value(value)

    def complete(self) -> None:
        """Make the index ready, as the first look-up does: seconds for a million articles."""
        _ = self._memory.age

    def __len__(self) -> int:
        """How many articles are remembered."""
        return len(self._memory)

    def figures(self) -> dict[str, float]:
        """How many look-ups there were, what came of them, and how far back the memory goes."""
        figures = self._memory.counts
        return {
            "news_memory_lookups": figures.lookups,
            "news_memory_candidates": figures.candidates,
            "news_memory_hits": figures.hits,
            "news_memory_forgotten_articles": figures.forgotten,
            "news_memory_age_seconds": self._memory.age.total_seconds(),
        }


def build_state(settings: Settings, blobs: BlobStore) -> DedupeState:
    """Begin to remember, with the bulky part of each record on a blobs."""
    return DedupeState(empty_memory(settings, blobs))


def dedupe_processor(memory: ArticleMemory) -> Processor:
    """Run `dedupe_article` on clean records; what is to be remembered is sent with the answer."""

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        assert isinstance(article, CleanArticle)  # noqa: S101  # what the topology reads here
        decision = dedupe_article(article, memory, origin=message.origin)
        answer = emit_one(decision.outcome)
        if not isinstance(answer, Emit):
            return answer
        sendings = list(answer.record)
        if decision.remember is not None:
            sendings.append(outgoing_message(decision.remember))
        sendings += [OutgoingMessage(MEMORY.name, name.encode(), None) for name in decision.forget]
        return Emit(sendings)

    return processor_for(DEDUPE_STAGE, decide)
