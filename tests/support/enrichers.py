"""Functions for NEWS_ENRICHERS: valid ones, and one for each kind of failure."""

import os
import sys
import time
from collections.abc import Iterable
from typing import Any

import msgspec

from streams.outcome import Outcome
from streams.processors.enrich import enrich, load_enrichers
from streams.processors.message import Message, OutgoingMessage, Processor, emit_one, processor_for
from streams.records import EnrichedArticle, Record, UniqueArticle
from streams.settings import Settings
from streams.topology import Stage

NOT_A_FUNCTION = "text"


def count_words(article: EnrichedArticle) -> EnrichedArticle:
    """Add the number of words."""
    return article.with_extensions(n_words=len(article.text.split()))


def double(article: EnrichedArticle) -> EnrichedArticle:
    """Add twice what `count_words` added."""
    return article.with_extensions(doubled=2 * article.extensions["n_words"])


def nothing(_article: EnrichedArticle) -> None:
    """Return nothing, so that nothing is added."""


def meddle(article: EnrichedArticle) -> None:
    """Change its argument, and return nothing."""
    article.extensions["n_words"] = -1


def raising(_article: EnrichedArticle) -> EnrichedArticle:
    """Raise an exception."""
    raise ValueError("no such model")


def exiting(_article: EnrichedArticle) -> EnrichedArticle:
    """Exit Python."""
    sys.exit(3)


def wrong_type(_article: EnrichedArticle) -> Any:
    """Return a value that is not an article."""
    return {"n_words": 3}


def rewriting(article: EnrichedArticle) -> EnrichedArticle:
    """Change another field."""
    return msgspec.structs.replace(article, title="BUY NOW", text="")


def unserializable(article: EnrichedArticle) -> EnrichedArticle:
    """Add a value that is not JSON."""
    return article.with_extensions(model=object())


def too_large(article: EnrichedArticle) -> EnrichedArticle:
    """Add a megabyte."""
    return article.with_extensions(text="x" * 1_000_000)


def too_deep(article: EnrichedArticle) -> EnrichedArticle:
    """Add lists in lists."""
    value: list[Any] = []
    for _ in range(50):
        value = [value]
    return article.with_extensions(tree=value)


def hanging_on_order(article: EnrichedArticle) -> None:
    """Hang if the text says so."""
    if "HANG" in article.text:
        time.sleep(60)


def dying_on_order(article: EnrichedArticle) -> None:
    """End the process if the text says so."""
    if "DIE" in article.text:
        os._exit(7)


def build_enriching_processor(
    stage: Stage,
    settings: Settings,
    *,
    cheaply: bool = False,  # noqa: ARG001
) -> Processor:
    """Build a `tag` that runs the enrichers only, without its tagger, which loads slowly."""
    enrichers = load_enrichers(settings.enrichers)

    def decide(article: Record, message: Message) -> Outcome[Iterable[OutgoingMessage]]:  # noqa: ARG001
        assert isinstance(article, UniqueArticle)
        fields = {name: getattr(article, name) for name in UniqueArticle.__struct_fields__}
        return emit_one(enrich(EnrichedArticle(**fields), enrichers))

    return processor_for(stage, decide)
