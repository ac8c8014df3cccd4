"""Backtest a saved search on the articles of the topics; nothing is sent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.kafka.decoding import read_record
from streams.kafka.read import OnReadProgress, read_topics
from streams.records import (
    Alert,
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
"""A bound of event time: absolute, or relative to the newest article, or ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestAlert:
    """An alert that a search would have raised.

    Attributes:
        alert: The alert.
        article: The article that it is about.
        time: Event time of the article.
    """

    alert: Alert
    article: Article
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The alerts that a search would have raised within a period.

    Attributes:
        hits: Alerts in the order of event time, without repetition.
        n_articles: Number of articles in the period, including repeated ones.
        start: Start of the period: the requested one, else the oldest article.
        end: End of the period: the requested one, else the newest article.
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
    """Return the alerts that a search would have raised.

    Makes the same decisions as the route stage, on the same records. The alerts predicted for a
    part of the stream are therefore those that a replay of this part sends.

    Args:
        settings: Settings with a broker.
        subscription: The search; treated as active even if it is paused.
        start: Earliest event time, included.
        end: Latest event time, not included.
        progress: Called with the progress of reading.

    Raises:
        QuerySyntaxError: If the query is invalid.
        BrokerError: If the broker cannot be reached, or a topic is missing.
    """
    search = build_search(subscription)
    check = compile_query(search.query)
    hits: dict[str, BacktestAlert] = {}
    times: list[datetime] = []
    async for article in _articles(settings, progress):
        time = event_time(article)
        times.append(time)
        if _is_outside(time, start, end) or not search.sees(article, article_kind(article)):
            continue
        facts = article_facts(article)
        if check(facts):
            alert = build_alert(search, article, facts)
            hits.setdefault(alert.id, BacktestAlert(alert=alert, article=article, time=time))
    newest = max(times, default=None)
    first, last = _absolute(start, newest), _absolute(end, newest)
    within = [time for time in times if not _is_outside(time, first, last)]
    return Backtest(
        hits=tuple(
            sorted(
                (hit for hit in hits.values() if not _is_outside(hit.time, first, last)),
                key=lambda hit: (hit.time, hit.alert.id),
            )
        ),
        n_articles=len(within),
        start=first or min(within, default=None),
        end=last or max(within, default=None),
    )


async def _articles(settings: Settings, progress: OnReadProgress | None) -> AsyncIterator[Article]:
    async for message in read_topics(settings, ENRICHED.name, DUPLICATES.name, progress=progress):
        record = read_record(message, EnrichedArticle, DuplicateArticle)
        if isinstance(record, EnrichedArticle | DuplicateArticle):
            yield record


def _is_outside(time: datetime, start: TimeBound, end: TimeBound) -> bool:
    """Return whether a time is outside the absolute bounds; relative ones are not resolved yet."""
    return (isinstance(start, datetime) and time < start) or (
        isinstance(end, datetime) and time >= end
    )


def _absolute(bound: TimeBound, newest: datetime | None) -> datetime | None:
    if isinstance(bound, timedelta):
        return None if newest is None else newest - bound
    return bound
