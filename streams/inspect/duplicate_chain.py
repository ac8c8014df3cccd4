"""The chain of a duplicate: the articles it repeats, read from the topics and compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streams.dedupe.diff import ArticleDiff, compared_with, diff_articles
from streams.inspect.trace_record import TraceRecord, parse_trace_record
from streams.kafka.read import OnReadProgress, read_topics, topic_id_of
from streams.records import Change, CleanArticle, DuplicateArticle
from streams.records.topics import DUPLICATES, ENRICHED, RAW, UNIQUE
from streams.settings import Settings

MOST_LINKS: Final = 5
"""Maximum length of a chain; dedupe prefers originals, so most chains have one link."""


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """One article that a duplicate repeats.

    Attributes:
        article_id: Id of the article.
        article: Its version when dedupe compared it; None if it is no longer on any topic.
    """

    article_id: str
    article: CleanArticle | None


@dataclass(frozen=True, kw_only=True)
class DuplicateChain:
    """The articles that a duplicate repeats, up to one that was new.

    Attributes:
        links: The articles, the nearest first; empty for the same text fetched again.
        explanation: The duplicate compared with the first link; None without one.
    """

    links: tuple[ChainLink, ...] = ()
    explanation: ArticleDiff | None = None


async def trace_duplicates(
    settings: Settings, entry: TraceRecord, *, progress: OnReadProgress | None = None
) -> DuplicateChain:
    """Follow a duplicate to the articles it repeats, and compare it with the first.

    Args:
        settings: Settings with a broker.
        entry: A record on the duplicates topic.
        progress: Called with the number of messages read and to read.

    Raises:
        BrokerError: If the broker is unreachable.
    """
    links: list[ChainLink] = []
    record, sent = entry.record, entry.sent
    while isinstance(record, DuplicateArticle) and len(links) < MOST_LINKS:
        name = compared_with(record)
        if not name or name in {link.article_id for link in links}:
            break
        original = await _find_compared_version(
            settings, name, record, sent=sent, duplicate_origin=entry.origin, progress=progress
        )
        version = original.record if original else None
        article = version if isinstance(version, CleanArticle) else None
        links.append(ChainLink(article_id=name, article=article))
        if original is None:
            break
        record, sent = original.record, original.sent
    if not links or links[0].article is None or not isinstance(entry.record, CleanArticle):
        return DuplicateChain(links=tuple(links))
    return DuplicateChain(
        links=tuple(links), explanation=diff_articles(links[0].article, entry.record)
    )


async def _find_compared_version(
    settings: Settings,
    name: str,
    record: DuplicateArticle,
    *,
    sent: datetime,
    duplicate_origin: str,
    progress: OnReadProgress | None,
) -> TraceRecord | None:
    """Return the version of an article that a duplicate was compared with."""
    keys = {name.encode(), record.group_id.encode()}
    versions = []
    topic_id = await topic_id_of(settings, RAW.name)
    async for message in read_topics(
        settings,
        *(UNIQUE.name, ENRICHED.name, DUPLICATES.name),
        keys=keys,
        missing_ok=True,
        progress=progress,
    ):
        if message.key not in keys or name.encode() not in (message.value or b""):
            continue
        entry = parse_trace_record(message, settings, topic_id=topic_id)
        if entry is not None and entry.article == name and entry.origin != duplicate_origin:
            versions.append(entry)
    return version_at(versions, sent)


def version_at(entries: Iterable[TraceRecord], sent: datetime) -> TraceRecord | None:
    """Return the version known at a time: the last one sent until then, otherwise the first.

    Old versions are ignored; the same text fetched again counts only if there is nothing else.
    """
    entries = [entry for entry in entries if _method(entry) != "older_version"]
    versions = [entry for entry in entries if _method(entry) != "same_text_again"] or entries
    by_time = sorted(versions, key=lambda entry: entry.sent)
    earlier = [entry for entry in by_time if entry.sent <= sent]
    return earlier[-1] if earlier else next(iter(by_time), None)


def _method(entry: TraceRecord) -> str:
    record = entry.record
    if not isinstance(record, DuplicateArticle) or record.change is not Change.UNCHANGED:
        return ""
    return record.method if record.method == "older_version" else "same_text_again"
