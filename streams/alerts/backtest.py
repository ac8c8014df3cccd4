"""What a saved search would have been told: the topics are read again, nothing is sent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.kafka.read import OnReadProgress, read_topics, record_in
from streams.records import (
    Alert,
    DecodeError,
    DuplicateArticle,
    EnrichedArticle,
    Subscription,
    event_time,
)
from streams.records.topics import DUPLICATES, ENRICHED
from streams.route.match.evaluate import compile_query
from streams.route.match.facts import Article, article_facts, article_kind
from streams.route.saved_searches import build_alert, build_search
from streams.settings import Settings

TimeBound = datetime | timedelta | None
"""A bound: absolute, so long before the newest article, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestAlert:
    """An alert that would have been sent.

    Attributes:
        alert: As it would have been.
        article: What it is about.
        time: Event time of the article.
    """

    alert: Alert
    article: Article
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What a search would have been told of a stretch of time.

    Attributes:
        hits: In the order of event time, no alert twice.
        n_articles: Articles in that stretch, repeats too.
        start: Its beginning: as asked for, else the oldest article.
        end: Its end: as asked for, else the newest article.
    """

    hits: tuple[BacktestAlert, ...]
    n_articles: int
    start: datetime | None
    end: datetime | None


async def backtest(
    settings: Settings,
    subscription: Subscription,
    *,
    start: TimeBound = None,
    end: TimeBound = None,
    progress: OnReadProgress | None = None,
) -> Backtest:
    """Tell what a search would have been told.

    The same decision as in the route stage, on the same records; so what it predicts of a
    stretch of the stream is what a replay of that stretch sends.

    Args:
        settings: With a broker.
        subscription: The search; whether it is paused plays no part.
        start: First moment of event time.
        end: The first one after it.
        progress: Told how far the reading is.

    Raises:
        QuerySyntaxError: If its query cannot be used.
        BrokerError: If the broker cannot be reached, or a topic is missing.
    """
    search = build_search(subscription)
    check = compile_query(search.query)
    hits: dict[str, BacktestAlert] = {}
    times: list[datetime] = []
    async for article in _articles(settings, progress):
        time = event_time(article)
        times.append(time)
        if _is_out(time, start, end) or not search.sees(article, article_kind(article)):
            continue
        facts = article_facts(article)
        if check(facts):
            told = build_alert(search, article, facts)
            hits.setdefault(told.id, BacktestAlert(alert=told, article=article, time=time))
    newest = max(times, default=None)
    first, last = _absolute(start, newest), _absolute(end, newest)
    within = [time for time in times if not _is_out(time, first, last)]
    return Backtest(
        hits=tuple(
            sorted(
                (hit for hit in hits.values() if not _is_out(hit.time, first, last)),
                key=lambda hit: (hit.time, hit.alert.id),
            )
        ),
        n_articles=len(within),
        start=first or min(within, default=None),
        end=last or max(within, default=None),
    )


async def _articles(settings: Settings, progress: OnReadProgress | None) -> AsyncIterator[Article]:
    async for message in read_topics(settings, ENRICHED.name, DUPLICATES.name, progress=progress):
        try:
            record = record_in(message, settings)
        except DecodeError:
            continue
        if isinstance(record, EnrichedArticle | DuplicateArticle):
            yield record


def _is_out(time: datetime, start: TimeBound, end: TimeBound) -> bool:
    """Whether a time is known to lie outside; relative bounds are not known yet."""
    return (isinstance(start, datetime) and time < start) or (
        isinstance(end, datetime) and time >= end
    )


def _absolute(moment: TimeBound, newest: datetime | None) -> datetime | None:
    if isinstance(moment, timedelta):
        return None if newest is None else newest - moment
    return moment
