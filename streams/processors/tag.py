"""The processor of `tag`: unique records become enriched ones."""

from collections.abc import Callable, Iterable, Sequence

from streams.config.entities import watched_tagger
from streams.outcome import Emit, Outcome
from streams.processors.enrich import Enricher, enrich, load_enrichers
from streams.processors.message import Message, OutgoingMessage, Processor, emit_one, processor_for
from streams.processors.names_model import installed_tagger
from streams.records import Record, UniqueArticle
from streams.settings import Settings
from streams.tag.article import MAX_CHARACTERS, Tagger, tag_article
from streams.topology import TAG_STAGE


def build_processor(settings: Settings) -> Processor:
    """Build the processor of the stage, with the entities and enrichers of the settings.

    Raises:
        UsageError: If the entities, an enricher or the model of a package cannot be loaded.
    """
    enrichers = load_enrichers(settings.enrichers)
    tagger = watched_tagger(installed_tagger(), settings.entities)
    return tag_processor(tagger, enrichers, max_characters=settings.tag_max_characters)


def tag_processor(
    tagger: Callable[[], Tagger],
    enrichers: Sequence[Enricher] = (),
    *,
    max_characters: int = MAX_CHARACTERS,
) -> Processor:
    """Return a processor that runs `tag_article` on unique records, then the user's functions.

    Args:
        tagger: Returns the current tagger, which changes with the user's own entities.
        enrichers: Functions to apply, in this order.
        max_characters: Length up to which title and text are each searched for names.
    """

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(article, UniqueArticle)  # noqa: S101  # the topology reads only these
        outcome = tag_article(article, tagger(), max_characters=max_characters)
        if enrichers and isinstance(outcome, Emit):
            outcome = enrich(outcome.record, enrichers)
        return emit_one(outcome)

    return processor_for(TAG_STAGE, decide)
