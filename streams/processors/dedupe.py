"""The processor of `dedupe`: clean records become unique or duplicate ones, and memory records."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from streams.dedupe.article import dedupe_article
from streams.dedupe.memory.blobs import BlobStore
from streams.dedupe.memory.memory import ArticleMemory
from streams.outcome import Emit, Outcome, Reject
from streams.processors.message import (
    Message,
    OutgoingMessage,
    Processor,
    emit_one,
    outgoing_message,
    processor_for,
    refusal_of,
)
from streams.records import CleanArticle, Record
from streams.records.topics import MEMORY
from streams.settings import Settings
from streams.topology import DEDUPE_STAGE


def build_processor(settings: Settings) -> Processor:
    """Build the processor of the stage, with an empty memory."""
    return dedupe_processor(empty_memory(settings))


def empty_memory(settings: Settings, blobs: BlobStore | None = None) -> ArticleMemory:
    """Return an empty memory with the bounds and the threshold of the settings.

    Args:
        settings: Settings with the bounds.
        blobs: Store for the bulk of each record; defaults to the memory of this process, 2 KB per
            article.
    """
    return ArticleMemory(
        horizon=timedelta(days=settings.dedupe_horizon_days),
        max_articles=settings.dedupe_max_articles,
        threshold=settings.dedupe_threshold,
        blobs=blobs,
    )


class DedupeState:
    """The state of `dedupe`: the memory of articles.

    Args:
        memory: The memory.

    Attributes:
        processor: Runs `dedupe_article` with this memory.
    """

    def __init__(self, memory: ArticleMemory) -> None:
        self._memory = memory
        self.processor = dedupe_processor(memory)

    def load(self, key: bytes | None, value: bytes | None) -> None:
        """Load a memory record or a tombstone.

        Raises:
            DecodeError: If the value does not decode as a ``Memory``, or the key of a tombstone
                is not the id of an article.
        """
        if value is None:
            self._memory.load_tombstone((key or b"").decode("utf-8", "replace"))
        else:
            self._memory.load_value(value)

    def finish_loading(self) -> None:
        """Prepare the index, as the first lookup would: takes seconds for a million articles."""
        _ = self._memory.age

    def __len__(self) -> int:
        """Return the number of remembered articles."""
        return len(self._memory)

    def figures(self) -> dict[str, float]:
        """Return lookups, their results, and the age of the memory, by metric name."""
        counts = self._memory.counts
        return {
            "news_memory_lookups": counts.lookups,
            "news_memory_candidates": counts.candidates,
            "news_memory_hits": counts.hits,
            "news_memory_forgotten_articles": counts.forgotten,
            "news_memory_unreadable_reads": self._memory.n_unreadable,
            "news_memory_age_seconds": self._memory.age.total_seconds(),
        }


def build_state(settings: Settings, blobs: BlobStore) -> DedupeState:
    """Return an empty state that stores the bulk of each record as blobs."""
    return DedupeState(empty_memory(settings, blobs))


def dedupe_processor(memory: ArticleMemory) -> Processor:
    """Return a processor that runs `dedupe_article` on clean records.

    The memory records and tombstones are sent with the article. What Kafka would refuse as too
    large is not remembered, so that the memory is never ahead of its topic.
    """

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:
        assert isinstance(article, CleanArticle)  # noqa: S101  # the topology reads only these
        taken = message.taken
        now = None if taken is None else datetime.fromtimestamp(taken / 1000, UTC)
        decision = dedupe_article(
            article, memory, origin=message.origin, now=now, refuse=refusal_of_records
        )
        if decision.refused is not None:
            return decision.refused
        answer = emit_one(decision.outcome)
        if not isinstance(answer, Emit):
            return answer
        messages = list(answer.record)
        if decision.remember is not None:
            messages.append(outgoing_message(decision.remember))
        messages += [OutgoingMessage(MEMORY.name, id_.encode(), None) for id_ in decision.forget]
        return Emit(messages)

    return processor_for(DEDUPE_STAGE, decide)


def refusal_of_records(records: Iterable[Record]) -> Reject | None:
    """Return the rejection of an article with a record that is too large for Kafka."""
    return refusal_of(map(outgoing_message, records))
