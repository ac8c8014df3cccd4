"""Saved searches on a live Kafka: saved, backtested, previewed and shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from streams.alerts.backtest import backtest
from streams.alerts.store import read_searches
from streams.cli.alerts import app
from streams.errors import UsageError
from streams.kafka.read import read_topics
from streams.records import Alert, AlertKind, PublicationTime, Subscription, decode, encode
from streams.records.topics import ALERTS, DUPLICATES, ENRICHED, SUBSCRIPTIONS
from streams.route.match.facts import article_facts
from streams.route.query.errors import QuerySyntaxError
from streams.route.saved_searches import ActiveSearches
from streams.settings import Settings
from tests.support.builders import duplicate_article, enriched_article
from tests.support.commands import run_command
from tests.support.live import send

pytestmark = pytest.mark.kafka

LIVE_TOPICS = (SUBSCRIPTIONS, ALERTS, ENRICHED, DUPLICATES)


async def alerts(*words: object, live: Settings) -> str:
    """Run `streams alerts` and return its output."""
    result = await run_command(app, *words, live=live)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


async def listed(live: Settings) -> list[dict[str, Any]]:
    """Return the saved searches."""
    return [orjson.loads(line) for line in (await alerts("list", "--json", live=live)).splitlines()]


async def test_search_is_saved_shown_paused_changed_and_removed(live: Settings) -> None:
    output = await alerts("add", "bridge and storm", "--name", "Storms", live=live)
    assert output == "saved storms: alerts go to alerts.v1\n"
    created = (await read_searches(live))["storms"].created
    assert await read_searches(live) == {
        "storms": Subscription(
            id="storms", query="bridge and storm", name="Storms", created=created
        )
    }

    assert await alerts("pause", "storms", live=live) == "paused storms\n"
    assert [search["paused"] for search in await listed(live)] == [True]
    assert await alerts("pause", "storms", "--resume", live=live) == "resumed storms\n"
    await alerts("add", "storm*", "--id", "storms", "--replace", "--kind", "copy", live=live)
    assert await read_searches(live) == {
        "storms": Subscription(
            id="storms", query="storm*", name="Storms", kinds=(AlertKind.COPY,), created=created
        )
    }
    assert "storms" in await alerts("list", live=live)

    assert await alerts("remove", "storms", live=live) == "removed storms\n"
    assert await listed(live) == []


async def test_ids_are_derived_from_query_and_unique(live: Settings) -> None:
    await alerts("add", "Łódź and bridge", live=live)
    await alerts("add", "lodz and bridge", live=live)

    assert [search["id"] for search in await listed(live)] == [
        "lodz-and-bridge",
        "lodz-and-bridge-2",
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["add", "kind:new"], "large part of all articles"),
        (["add", "bridge", "--id", "A b"], "expected 1 to 60"),
        (["add", "bridge", "--id", "nobody", "--replace"], "no saved search nobody"),
        (["add"], "missing QUERY"),
        (["add", "bridge", "--digest", "soon"], "--digest soon: expected 15m"),
        (["add", "bridge", "--body", "{{ alrt }}"], "line 1: there is no `alrt`"),
        (["test"], "missing QUERY"),
        (["test", "--id", "nobody"], "no such saved search"),
        (["preview", "a )"], "unexpected `\\)`"),
        (["show", "nobody"], "no saved search nobody; there are none"),
        (["pause", "nobody"], "no saved search nobody"),
        (["remove", "nobody"], "no saved search nobody"),
        (["test", "a )"], "unexpected `\\)`"),
    ],
)
async def test_invalid_request_is_refused_with_reason(
    live: Settings, words: list[str], error: str
) -> None:
    with pytest.raises(UsageError, match=error):
        await alerts(*words, live=live)


async def test_show_prints_latest_alerts_once(live: Settings) -> None:
    await alerts("add", "bridge", "--id", "bridges", live=live)
    article = enriched_article()
    searches = ActiveSearches()
    searches.put(Subscription(id="bridges", query="bridge"))
    (alert,) = searches.alerts(article, article_facts(article))
    await send(live, ALERTS, alert, alert)

    shown = await alerts("show", "bridges", live=live)
    lines = (await alerts("show", "bridges", "--json", live=live)).splitlines()

    assert "bridges: active, matches new, revision" in shown
    assert "Harbor bridge reopens after three months" in shown
    assert "matched: bridge" in shown
    assert "1 alert so far" in shown
    assert [decode(line.encode(), Alert) for line in lines[1:]] == [alert]


def on_day(day: int, **changes: Any) -> Any:
    """Return an article of a day in March."""
    published = PublicationTime(time=datetime(2026, 3, day, 8, tzinfo=UTC))
    fetched = datetime(2026, 3, 9, tzinfo=UTC)
    fields = {"published": published, "fetched": fetched, "url": f"https://news.test/{day}"}
    return enriched_article(**(fields | changes))


async def test_test_prints_alerts_of_backtest(live: Settings) -> None:
    some = [on_day(1), on_day(4, title="Rain", text="Rain."), on_day(5), on_day(8)]
    await send(live, ENRICHED, *some, some[2])
    await send(live, DUPLICATES, duplicate_article(fetched=some[2].fetched))

    shown = await alerts("test", "bridge and storm", "--since", "7d", live=live)
    lines = (
        await alerts(
            "test", "bridge", "--from", "2026-03-01", "--to", "2026-03-05", "--json", live=live
        )
    ).splitlines()

    assert "would have sent 3 messages: " in shown
    assert "3 alerts for 6 articles from 2026-03-01 08:00 to 2026-03-08 08:00" in shown
    assert "2026-03-05" in shown
    assert "…" in shown
    assert [decode(line.encode(), Alert).article_id for line in lines] == [some[0].id]


async def test_delivery_options_are_saved_and_kept_by_other_changes(
    live: Settings,
) -> None:
    hook = "https://hooks.test/T0/secret"
    options = ["--digest", "15m", "--quiet", "22:00-07:00@Europe/Berlin", "--max-per-hour", 5]
    output = await alerts("add", "bridge", "--channel", hook, *options, live=live)

    await alerts("add", "--id", "bridge", "--replace", "--title", "{{ count }}", live=live)

    shown = await alerts("show", "bridge", live=live)
    assert "and to hooks.test#" in output
    assert "secret" not in output + shown
    assert (
        "digest every 15 min · quiet 22:00–07:00 Europe/Berlin · max. 5 per hour · own title"
        in shown
    )
    assert (await read_searches(live))["bridge"].channels == (hook,)


async def test_test_counts_messages_after_digest_and_limit(live: Settings) -> None:
    await send(live, ENRICHED, *(on_day(day) for day in (1, 2, 3)))

    shown = await alerts("test", "bridge", "--digest", "7d", live=live)

    assert "3 alerts for 3 articles" in shown
    assert "would have sent 1 message, including 1 digest: " in shown


async def test_preview_shows_latest_alert_or_sample(live: Settings) -> None:
    title = "{{ count }} of {{ search.name }}"
    invented = await alerts("preview", "tunnel", "--title", title, live=live)
    await send(live, ENRICHED, on_day(1))

    found = await alerts("preview", "storm", "--format", "markdown", live=live)

    assert invented.startswith("1 of preview\n\nHarbor bridge reopens")
    assert "\n[Harbor bridge reopens after three months](https://news.test/1)\n" in found
    assert "after a **storm** damaged" in found


async def test_backtest_predicts_alerts_of_stage(live: Settings) -> None:
    some = [on_day(day) for day in (1, 2, 3)] + [on_day(3, title="Rain", text="Rain.")]
    copy = duplicate_article()
    await send(live, ENRICHED, *some)
    await send(live, DUPLICATES, copy)
    subscription = Subscription(id="s", query="bridge", kinds=tuple(AlertKind))
    searches = ActiveSearches()
    searches.put(subscription)

    found = await backtest(live, subscription)

    sent = [
        alert
        for article in (*some, copy)
        for alert in searches.alerts(article, article_facts(article))
    ]
    assert sorted(encode(hit.alert) for hit in found.hits) == sorted(map(encode, sent))
    assert (len(sent), found.n_articles) == (4, 5)


async def test_backtest_of_invalid_query_is_refused(live: Settings) -> None:
    with pytest.raises(QuerySyntaxError):
        await backtest(live, Subscription(id="s", query="the"), start=timedelta(days=1))


async def test_undecodable_searches_are_left_out(live: Settings) -> None:
    await send(live, SUBSCRIPTIONS, b"{", key=b"broken")

    assert await read_searches(live) == {}
    assert [m.key async for m in read_topics(live, SUBSCRIPTIONS.name)] == [b"broken"]
