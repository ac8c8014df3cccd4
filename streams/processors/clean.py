"""The step of `clean`: raw records to clean ones."""

from collections.abc import Iterable

from streams.clean.article import clean_article
from streams.clean.extract_fallback import load_all
from streams.outcome import Outcome
from streams.processors.message import Message, OutgoingMessage, Processor, emit_one, processor_for
from streams.records import RawArticle, Record
from streams.settings import Settings
from streams.topology import CLEAN_STAGE


def build_processor(settings: Settings) -> Processor:
    """Build the processor of the stage."""
    return clean_processor(settings)


def build_fallback(settings: Settings) -> Processor:
    """Build the processor for pages on which the first one took too long."""
    return clean_processor(settings, cheaply=True)


def warm_up() -> None:
    """Load the extractors that few pages need."""
    load_all()


def clean_processor(settings: Settings, *, cheaply: bool = False) -> Processor:
    """Run `clean_article` on raw records.

    Args:
        settings: With the largest page.
        cheaply: Whether to read pages by the cheap extractor.
    """

    def decide(raw: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(raw, RawArticle)  # noqa: S101  # what the topology reads here
        return emit_one(clean_article(raw, max_page_bytes=settings.max_page_bytes, cheaply=cheaply))

    return processor_for(CLEAN_STAGE, decide)
