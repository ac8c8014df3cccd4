"""The processor of `clean`: raw records become clean ones."""

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
    """Build the processor for pages that took too long, with the fast extractor."""
    return clean_processor(settings, cheaply=True)


def warm_up() -> None:
    """Load the extractors that few pages need."""
    load_all()


def clean_processor(settings: Settings, *, cheaply: bool = False) -> Processor:
    """Return a processor that runs `clean_article` on raw records.

    Args:
        settings: Settings with the size limit of pages.
        cheaply: Whether to use the fast extractor.
    """

    def decide(raw: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(raw, RawArticle)  # noqa: S101  # the topology reads only these
        return emit_one(clean_article(raw, max_page_bytes=settings.max_page_bytes, cheaply=cheaply))

    return processor_for(CLEAN_STAGE, decide)
