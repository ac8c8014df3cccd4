"""``streams topics prune``: delete the topics of removed routes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from streams.cli._settings import settings_with_broker
from streams.cli.topics.list import ListedTopic, age_text, count_text, size_text
from streams.config.routes import SHIPPED, route_file
from streams.errors import UsageError, did_you_mean
from streams.inspect.retired_topics import retired_topics
from streams.kafka.topic_sizes import topic_sizes
from streams.kafka.topics import delete_topics
from streams.records.topics import Topic
from streams.settings import Settings
from streams.text.plural import plural

IN_USE: Final = timedelta(hours=1)
"""Age of the newest record up to which a topic is kept: a pipeline with other rules may write it.
Rules are reloaded within seconds, and articles in flight arrive within minutes."""


def prune(
    routes: Annotated[
        list[str] | None,
        typer.Argument(metavar="ROUTE", help="Only these retired routes (default: all)."),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete the topics of routes that were removed from routes.toml, with their records.

    Other topics are never deleted. A retired topic that received a record within the last hour is
    kept unless its route is given: a pipeline with other rules may be writing to it. Without rules
    of your own, the routes have to be given.

    **Examples:**

    - `streams topics prune`
    - `streams topics prune old-route --yes`
    """
    settings = settings_with_broker()
    chosen = asyncio.run(_chosen(settings, routes or []))
    file = route_file(settings.routes)
    if chosen and not routes and file == SHIPPED:
        names = ", ".join(_route(each.topic) for each in chosen)
        raise UsageError(
            f"the rules in use are the built-in ones, which do not name {names}; start in the "
            "folder of your routes.toml, set NEWS_ROUTES, or give the routes to delete"
        )
    now = datetime.now(UTC)
    doomed = [each for each in chosen if routes or not _is_in_use(each, now)]
    for each in chosen:
        kept = "" if each in doomed else "  kept: in use, give its route to delete it"
        typer.echo(f"{each.topic.name}  {_facts(each, now)}{kept}")
    if not doomed:
        typer.echo(f"nothing to delete; {file} names the other routes at {settings.broker}")
        return
    n_records = sum(each.size.n_records for each in doomed if each.size)
    what = f"{plural(len(doomed), 'topic')} with {plural(n_records, 'record')}"
    question = f"Delete {what} at {settings.broker}? {file} does not name the routes."
    if not yes and not typer.confirm(question):
        raise typer.Exit(1)
    asyncio.run(delete_topics(settings, [each.topic.name for each in doomed]))
    typer.echo(f"deleted {what}")


async def _chosen(settings: Settings, routes: list[str]) -> list[ListedTopic]:
    """Return the retired topics, or those of the given routes.

    Raises:
        UsageError: If a route is not retired.
    """
    retired = {_route(topic): topic for topic in await retired_topics(settings)}
    for route in routes:
        if route not in retired:
            hint = did_you_mean(route, retired) or "; `streams topics list` shows retired topics"
            raise UsageError(f"{route}: no retired route at {settings.broker}{hint}")
    topics = [retired[route] for route in (routes or retired)]
    sizes = await topic_sizes(settings, [topic.name for topic in topics])
    return [ListedTopic(topic, sizes.get(topic.name), is_retired=True) for topic in topics]


def _route(topic: Topic) -> str:
    return topic.name.removeprefix("routed.").removesuffix(".v1")


def _is_in_use(listed: ListedTopic, now: datetime) -> bool:
    newest = listed.size.newest if listed.size else None
    return newest is not None and now - newest < IN_USE


def _facts(listed: ListedTopic, now: datetime) -> str:
    if listed.size is None:
        return "missing"
    newest = f", newest {age_text(listed.size.newest, now=now)}" if listed.size.newest else ""
    records = "record" if listed.size.n_records == 1 else "records"
    return f"{count_text(listed)} {records}, {size_text(listed.size)}{newest}"
