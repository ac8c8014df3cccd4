"""Run the demonstration: send, wait until every origin has ended, collect what routes received."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from streams.config.routes import load_routes
from streams.demo.articles import DemoArticle, demo_articles
from streams.demo.report import ArticleResult
from streams.errors import NewsStreamsError
from streams.inspect.audit import ENDS
from streams.kafka.connection import consumer, logical_name, producer
from streams.kafka.decoding import headers_of
from streams.kafka.read import record_in
from streams.kafka.sender import Sender
from streams.records import DuplicateArticle, Origin, Record, routed_topic
from streams.records.origin import origin_of_message
from streams.records.topics import RAW, UNMATCHED
from streams.settings import Settings

END_SECONDS = 60.0
"""Time limit of the demonstration."""


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


async def send_all(settings: Settings, sent: Sequence[DemoArticle]) -> list[str]:
    """Send messages in order, each acknowledged before the next; return their origins."""
    async with producer(settings) as client:
        sender = Sender(client, settings)
        return [str(await sender.send_and_wait(RAW.name, item.value, item.key)) for item in sent]


async def run_demo(
    settings: Settings, on_end: Callable[[int, int], None]
) -> tuple[list[ArticleResult], dict[str, list[str]]]:
    """Send the articles and follow them to their ends.

    Args:
        settings: Settings that name a broker on which the pipeline runs.
        on_end: Gets the number of articles that have ended, and of all.

    Returns:
        The outcome of each article, and the titles that each route received.

    Raises:
        NewsStreamsError: If the articles have not all ended within a minute.
    """
    sent = list(demo_articles(now=now))
    routes = [*(rule.name for rule in load_routes(settings.routes)), UNMATCHED]
    topics = {routed_topic(route).name: route for route in routes}
    origins = await send_all(settings, sent)
    ways = {
        Origin.parse(origin): ArticleResult(item.label)
        for origin, item in zip(origins, sent, strict=True)
    }
    received: dict[str, list[str]] = {route: [] for route in routes}
    ends = {topic.name for topic in ENDS}
    deadline = asyncio.get_running_loop().time() + END_SECONDS
    async with consumer(settings, *ends, *topics) as client:
        while not _complete(ways):
            if asyncio.get_running_loop().time() > deadline:
                raise NewsStreamsError(
                    f"the demonstration did not end within {END_SECONDS:g} s: see the logs in "
                    f"{settings.data / 'logs'}"
                )
            for batch in (await client.getmany(timeout_ms=200)).values():
                for message in batch:
                    origin = origin_of_message(
                        logical_name(settings, message.topic),
                        message.partition,
                        message.offset,
                        headers_of(message),
                    )
                    topic = logical_name(settings, message.topic)
                    record = record_in(message, settings)
                    if record is None:
                        continue
                    if topic in topics and origin in ways:
                        _add_route(ways[origin], topics[topic], record, received)
                    elif origin in ways:
                        ways[origin].end = record
            on_end(sum(way.end is not None for way in ways.values()), len(ways))
    return list(ways.values()), received


def _add_route(
    way: ArticleResult, route: str, record: Record, received: dict[str, list[str]]
) -> None:
    if route not in way.routes:
        way.routes.append(route)
        received[route].append(getattr(record, "title", ""))


def _complete(ways: dict[Origin, ArticleResult]) -> bool:
    """Return whether each article ended, and each one that is to be routed was routed."""
    return all(
        way.end is not None and (way.routes or not _is_routed(way.end)) for way in ways.values()
    )


def _is_routed(end: Record) -> bool:
    if isinstance(end, DuplicateArticle):
        return end.change.value == "copy"
    return hasattr(end, "mentions")
