"""The step of `clean`: raw records to clean ones."""

from collections.abc import Iterable

from streams.clean.article import clean_article
from streams.outcome import Outcome
from streams.processors.message import Message, OutgoingMessage, Processor, emit_one, processor_for
from streams.records import RawArticle, Record
from streams.settings import Settings
from streams.topology import CLEAN_STAGE


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
