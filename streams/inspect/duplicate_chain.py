"""Which article a duplicate repeats, and that one in turn: read from the topics, and compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streams.dedupe.diff import ArticleDiff, compared_with, diff_articles
from streams.inspect.trace_record import TraceRecord, parse_trace_record
from streams.kafka.read import OnReadProgress, read_topics
from streams.records import Change, CleanArticle, DuplicateArticle
from streams.records.topics import DUPLICATES, ENRICHED, UNIQUE
from streams.settings import Settings

MOST_LINKS: Final = 5
"""A chain is followed so far; dedupe prefers originals, so most have one link."""


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """One article that a duplicate repeats.

    Attributes:
        article_id: Its id.
        article: As it was when dedupe compared it; none when no topic has it any more.
    """

    article_id: str
    article: CleanArticle | None


@dataclass(frozen=True, kw_only=True)
class DuplicateChain:
    """What a duplicate repeats, what that one repeats, and so on to an article that was new.

    Attributes:
        links: The nearest first; none for the same text fetched again.
        explanation: How the duplicate stands to the first of them; none when that is gone.
    """

    links: tuple[ChainLink, ...] = ()
    explanation: ArticleDiff | None = None


async def trace_duplicates(
    settings: Settings, step: TraceRecord, *, progress: OnReadProgress | None = None
) -> DuplicateChain:
    """Follow a duplicate to the articles it repeats, and tell what differs.

    Args:
        settings: With a broker.
        step: A record on the duplicates topic.
        progress: Told how far each of the reads is.

    Raises:
        BrokerError: If the broker cannot be reached.
    """
    links: list[ChainLink] = []
    record, sent = step.record, step.sent
    while isinstance(record, DuplicateArticle) and len(links) < MOST_LINKS:
        name = compared_with(record)
        if not name or name in {link.article_id for link in links}:
            break
        found = await _known_then(
            settings, name, record, sent=sent, but=step.origin, progress=progress
        )
        article = found.record if found and isinstance(found.record, CleanArticle) else None
        links.append(ChainLink(article_id=name, article=article))
        if found is None:
            break
        record, sent = found.record, found.sent
    if not links or links[0].article is None or not isinstance(step.record, CleanArticle):
        return DuplicateChain(links=tuple(links))
    return DuplicateChain(
        links=tuple(links), explanation=diff_articles(links[0].article, step.record)
    )


async def _known_then(
    settings: Settings,
    name: str,
    record: DuplicateArticle,
    *,
    sent: datetime,
    but: str,
    progress: OnReadProgress | None,
) -> TraceRecord | None:
    """Find an article's version as it was when another, of the origin ``but``, was compared."""
    keys = {name.encode(), record.group_id.encode()}
    found = []
    async for message in read_topics(
        settings,
        *(UNIQUE.name, ENRICHED.name, DUPLICATES.name),
        keys=keys,
        missing_ok=True,
        progress=progress,
    ):
        if message.key not in keys or name.encode() not in (message.value or b""):
            continue
        step = parse_trace_record(message, settings)
        if step is not None and step.article == name and step.origin != but:
            found.append(step)
    return version_at(found, sent)


def version_at(steps: Iterable[TraceRecord], sent: datetime) -> TraceRecord | None:
    """Choose the version that was known at a time: the last sent by then, else the first.

    The same text fetched again will do where nothing else is left; an old version will not.
    """
    steps = [step for step in steps if _method(step) != "older_version"]
    versions = [step for step in steps if _method(step) != "same_text_again"] or steps
    by_time = sorted(versions, key=lambda step: step.sent)
    earlier = [step for step in by_time if step.sent <= sent]
    return earlier[-1] if earlier else next(iter(by_time), None)


def _method(step: TraceRecord) -> str:
    record = step.record
    if not isinstance(record, DuplicateArticle) or record.change is not Change.UNCHANGED:
        return ""
    return record.method if record.method == "older_version" else "same_text_again"
