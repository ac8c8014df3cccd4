"""``POST /v1/searches/test``: what a search would have sent, before it is saved."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.params import JSONBody, QueryParameter

from streams.alerts.backtest import Backtest, backtest
from streams.alerts.forecast import forecast
from streams.alerts.policy import PendingAlert
from streams.config.channels import Channels
from streams.config.tokens import Scope
from streams.config.watched_file import WatchedFile
from streams.errors import BrokerError
from streams.records import Alert
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component, openapi_name
from streams.serve.problems import KafkaUnavailableError, problem, try_again
from streams.serve.searches.form import SearchForm, build_subscription

TRIAL_SECONDS: Final = 30.0
"""How long a trial may read: some 100,000 articles."""

MAX_DAYS: Final = 31
"""What the topics keep."""

MAX_SHOWN: Final = 20
"""Alerts that are shown."""


@openapi_name("Day")
class BacktestDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a trial: its date (UTC), alerts of that event time, messages after all limits."""

    day: str
    alerts: int
    messages: int


@openapi_name("Trial")
class BacktestReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a search would have been told.

    Attributes:
        articles: How many were looked at.
        alerts: How many matched.
        messages: What would have been delivered, after digest, quiet hours and limit.
        start: First moment; null when nothing was looked at.
        end: The first one after it.
        days: By day, without those that have none.
        shown: The latest alerts.
    """

    articles: int = 0
    alerts: int = 0
    messages: int = 0
    start: datetime | None = None
    end: datetime | None = None
    days: list[BacktestDay] = []
    shown: list[Alert] = []


Days = Annotated[
    int,
    QueryParameter(
        ge=0,
        le=MAX_DAYS,
        description="How far back from the newest article; 0: only check the search.",
    ),
]


@post(
    "/v1/searches/test",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["saved searches"],
    summary="Try a search",
    status_code=200,
)
async def backtest_search(
    request: Request[Any, Any, Any], state: State, data: JSONBody[SearchForm], days: Days = 7
) -> BacktestReport:
    """Check a search as if it were saved, and tell what it would have sent in the last days.

    Nothing is saved or sent. 400 names the field that cannot be used, and for a query the place.
    429: somebody else's trial is under way. 504: there is too much to read.
    """
    channels: WatchedFile[Channels] = state.channels
    channels.refresh()
    subscription = await asyncio.to_thread(
        build_subscription,
        data,
        id_="test",
        owner=request.auth.name,
        channels=channels.value,
        before=None,
    )
    if days == 0:
        return BacktestReport()
    trying: asyncio.Lock = state.trying
    if trying.locked():
        raise try_again(429, "another trial is under way", seconds=5)
    async with trying:
        try:
            async with asyncio.timeout(TRIAL_SECONDS):
                start = timedelta(days=days)
                found = await backtest(state.settings, subscription, start=start)
        except TimeoutError:
            detail = "too much to read: try `streams alerts test` on the command line"
            raise problem(504, detail) from None
        except BrokerError as error:
            raise KafkaUnavailableError from error
    sent = forecast([PendingAlert(hit.alert.id, hit.time) for hit in found.hits], subscription)
    return summarize_backtest(found, [one.time for one in sent])


def summarize_backtest(found: Backtest, sent: list[datetime]) -> BacktestReport:
    """Sum up a backtest.

    Args:
        found: What matched.
        sent: When messages would have gone out.
    """
    alerts = Counter(f"{hit.time:%Y-%m-%d}" for hit in found.hits)
    messages = Counter(f"{time:%Y-%m-%d}" for time in sent)
    return BacktestReport(
        articles=found.n_articles,
        alerts=len(found.hits),
        messages=len(sent),
        start=found.start,
        end=found.end,
        days=[
            BacktestDay(day=day, alerts=alerts[day], messages=messages[day])
            for day in sorted(alerts.keys() | messages.keys())
        ],
        shown=[hit.alert for hit in found.hits[-MAX_SHOWN:]],
    )


def backtest_component() -> Component:
    """Make the part of the application that tries searches."""
    return Component(handlers=[backtest_search], state={"trying": asyncio.Lock()})
