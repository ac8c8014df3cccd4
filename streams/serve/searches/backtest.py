"""``POST /v1/searches/test``: count what a search would have sent, before it is saved."""

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
from streams.config.tokens import Scope
from streams.errors import BrokerError
from streams.records import Alert
from streams.serve.auth import BEARER, require_scope
from streams.serve.component import Component, openapi_name
from streams.serve.problems import KafkaUnavailableError, problem, problem_responses, try_again
from streams.serve.searches.checker import SearchChecker
from streams.serve.searches.form import SearchForm, strict_form
from streams.serve.shares import Shares, ShareSpentError

BACKTEST_SECONDS: Final = 30.0
"""Time limit of a backtest: some 100,000 articles."""

MAX_DAYS: Final = 31
"""Retention of the topics."""

MAX_SHOWN: Final = 20
"""Maximum number of alerts in the response."""

MAX_BACKTESTS: Final = 2
"""Backtests at a time, one of a token: another token need not wait for its 30 s."""


@openapi_name("Day")
class BacktestDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a backtest: date (UTC), alerts of that event time, messages after all limits."""

    day: str
    alerts: int
    messages: int


@openapi_name("Trial")
class BacktestReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a search would have sent.

    Attributes:
        articles: Number of articles read.
        alerts: Number of matches.
        messages: Messages that would have been sent, after digest, quiet hours and limit.
        start: Start of the period; null when no article was read.
        end: End of the period, exclusive.
        days: Counts by day, without days that have none.
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
        description="Days before the newest article; 0 only validates the search.",
    ),
]


@post(
    "/v1/searches/test",
    guards=[require_scope(Scope.ALERTS)],
    security=BEARER,
    tags=["saved searches"],
    summary="Test a search",
    status_code=200,
    responses=problem_responses(400, 401, 403, 413, 415, 429, 504),
)
async def backtest_search(
    request: Request[Any, Any, Any], state: State, data: JSONBody[SearchForm], days: Days = 7
) -> BacktestReport:
    """Validate a search as if it were saved, and return what it would have sent in the last days.

    Nothing is saved or sent. 400 names the invalid field, and the position in an invalid query.
    429: another backtest is running. 504: there is too much to read.
    """
    data = await strict_form(request)
    checker: SearchChecker = state.search_checker
    owner = request.auth.name
    with checker.turn(owner):
        subscription = await checker.build(data, id_="test", owner=owner, before=None)
    if days == 0:
        return BacktestReport()
    running: Shares = state.backtests
    try:
        with running.taken(owner):
            async with asyncio.timeout(BACKTEST_SECONDS):
                start = timedelta(days=days)
                result = await backtest(state.settings, subscription, start=start)
    except ShareSpentError:
        raise try_again(429, "another backtest is running; retry later", seconds=5) from None
    except TimeoutError:
        detail = "too much to read in 30 s: ask for fewer days, or use `streams alerts test`"
        raise problem(504, detail) from None
    except BrokerError as error:
        raise KafkaUnavailableError from error
    pending = [PendingAlert(hit.alert.id, hit.time) for hit in result.hits]
    return summarize_backtest(result, [message.time for message in forecast(pending, subscription)])


def summarize_backtest(result: Backtest, sent: list[datetime]) -> BacktestReport:
    """Return the report of a backtest.

    Args:
        result: Matches of the backtest.
        sent: When messages would have been sent.
    """
    alerts = Counter(f"{hit.time:%Y-%m-%d}" for hit in result.hits)
    messages = Counter(f"{time:%Y-%m-%d}" for time in sent)
    return BacktestReport(
        articles=result.n_articles,
        alerts=len(result.hits),
        messages=len(sent),
        start=result.start,
        end=result.end,
        days=[
            BacktestDay(day=day, alerts=alerts[day], messages=messages[day])
            for day in sorted(alerts.keys() | messages.keys())
        ],
        shown=[hit.alert for hit in result.hits[-MAX_SHOWN:]],
    )


def backtest_component() -> Component:
    """Create the component that backtests searches."""
    running = Shares(of_token=1, total=MAX_BACKTESTS)
    return Component(handlers=[backtest_search], state={"backtests": running})
