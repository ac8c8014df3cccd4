"""The client for programs: publish articles, receive the articles of a route.

Settings come from the environment (``NEWS_BROKER``); without it the running local broker is
used::

    import asyncio
    from streams.client import publish, raw_article, subscribe

    async def main():
        await publish([raw_article(source="my-site", url="https://my-site.test/1",
                                   title="Harbor bridge reopens", text="The harbor bridge …")])
        async for article in subscribe("unmatched", group="my-program", from_="beginning"):
            print(article.title, [entity.name for entity in article.entities])

    asyncio.run(main())
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from streams.broker.instance import require_broker
from streams.errors import UsageError
from streams.kafka.connection import producer
from streams.kafka.errors import translate_errors
from streams.kafka.read import topics_with_prefix
from streams.kafka.sender import Sender
from streams.kafka.subscribe import Received, Start, follow_topic
from streams.records import (
    Alert,
    CleanArticle,
    DeadLetter,
    Origin,
    RawArticle,
    Record,
    encode,
    event_time,
    routed_topic,
    topic_named,
)
from streams.records.topics import RAW
from streams.settings import Settings, library_settings
from streams.sources.article import raw_article as built_article
from streams.sources.article import validate
from streams.sources.event_time import raw_event_time
from streams.sources.rejection import Rejected

CLOCK_SKEW: Final = timedelta(minutes=10)
"""Maximum lead of the clock that sets event times over the one that stamps messages."""


def raw_article(
    *,
    source: str,
    url: str = "",
    title: str = "",
    text: str | None = None,
    html: str | bytes | None = None,
    fetched: datetime | None = None,
    **fields: Any,
) -> RawArticle:
    """Build an article to publish.

    Args:
        source: Your name for the origin of the article, such as a site.
        url: URL of the article, which identifies it if given.
        title: Headline; may be empty with ``html``.
        text: Body as plain text, instead of ``html``.
        html: The complete page, preferably as the bytes that the server sent.
        fetched: Time of retrieval, with zone; defaults to now.
        fields: Other fields of `streams.records.RawArticle`: ``published``, ``external_id``,
            ``authors``, ``summary``, ``charset`` …

    Raises:
        UsageError: If both ``text`` and ``html`` are given, a value cannot be
            used, or the record would be larger than 4 MiB.

    Examples:
        >>> raw_article(source="my-site", title="Rain", text="It rained.").content_type
        'text/plain'
    """
    if text is not None and html is not None:
        raise UsageError("raw_article: give text or html, not both")
    if html is None:
        body, content_type = (text or "").encode("utf-8", "replace"), "text/plain"
    else:
        body = html.encode("utf-8", "replace") if isinstance(html, str) else html
        content_type = "text/html"
        if isinstance(html, str):
            fields.setdefault("charset", "utf-8")
    article = built_article(
        source=source,
        url=url,
        title=title,
        fetched=fetched or datetime.now(UTC),
        body=body,
        **{"content_type": content_type, **fields},
    )
    checked = validate(article, place=url or title or source)
    if isinstance(checked, Rejected):
        raise UsageError(f"raw_article: {checked.reason}: {checked.detail}")
    return checked


class Producer:
    """A connection for publishing articles, opened by `connect`.

    Args:
        client: Started Kafka producer.
        settings: Settings that name the broker.
    """

    def __init__(self, client: AIOKafkaProducer, settings: Settings) -> None:
        self._sender = Sender(client, settings)

    async def publish(self, articles: Iterable[RawArticle]) -> list[Origin]:
        """Publish articles, and wait until the broker has acknowledged all of them.

        Args:
            articles: Articles as `raw_article` builds them.

        Returns:
            Their origins, in the same order; every record that results from an article names its
            origin.

        Raises:
            BrokerError: If the broker does not acknowledge an article; others may be published.
        """
        async with translate_errors(f"sending to {RAW.name}"):
            await self._sender.read_topic_ids(RAW.name)
        sends = [
            await self._sender.send(RAW.name, encode(article), article.id.encode())
            for article in articles
        ]
        return [await send for send in sends]


@asynccontextmanager
async def connect(settings: Settings | None = None) -> AsyncIterator[Producer]:
    """Open a connection for publishing several times.

    Args:
        settings: Settings that name a broker; defaults to those of the environment, and without a
            broker there to the running local one.

    Raises:
        BrokerError: If there is no broker, or it cannot be reached.
    """
    settings = _with_broker(settings)
    async with producer(settings) as client:
        yield Producer(client, settings)


async def publish(
    articles: Iterable[RawArticle], *, settings: Settings | None = None
) -> list[Origin]:
    """Connect, publish articles and wait until the broker has all of them (`Producer.publish`)."""
    async with connect(settings) as connection:
        return await connection.publish(articles)


async def subscribe(
    route: str,
    *,
    group: str | None = None,
    from_: Start = "end",
    limit: int | None = None,
    until_end: bool = False,
    settings: Settings | None = None,
) -> AsyncGenerator[Any, None]:
    """Yield the articles of a route, or the records of a topic, as they arrive.

    **Delivery.** At-least-once with a group: an article is committed after the body of your loop
    has run for it, when you request the next one or ``limit`` is reached. If you leave the loop by
    ``break`` or by an exception, or the process dies, the current article is redelivered at the
    next start. Articles that an earlier stage sent twice after a crash are recognized by their
    origin and skipped, up to 100,000 articles back in each partition and since this process
    started; after a restart only your own commits count.

    Args:
        route: Name of a route (``unmatched`` has the articles without a matching rule) or a topic.
        group: Name of your program: processes with one name share the work and continue after a
            restart where they were. Without a group all records are read and no position is kept.
        from_: Where to start if the group has no position: ``beginning``, ``end``, or a time with
            zone, for articles of that event time and later.
        limit: Number of articles after which to end; by default there is no end.
        until_end: Whether to end with the records that are on the topic at the start.
        settings: Settings that name a broker; defaults to those of the environment, and without a
            broker there to the running local one.

    Returns:
        For a route: `streams.records.EnrichedArticle`, or `streams.records.DuplicateArticle` if
        its rule asks for copies; for a topic: its records.

    Raises:
        BrokerError: If the broker cannot be reached.
        UsageError: If there is no such route or topic.
    """
    receiving = receive(
        route, group=group, from_=from_, limit=limit, until_end=until_end, settings=settings
    )
    async with aclosing(receiving) as items:
        async for item in items:
            yield item.record


async def receive(
    route: str,
    *,
    group: str | None = None,
    from_: Start = "end",
    limit: int | None = None,
    until_end: bool = False,
    settings: Settings | None = None,
    ready: Callable[[], None] | None = None,
) -> AsyncGenerator[Received, None]:
    """Yield the same records as `subscribe`, each with its topic, partition and offset.

    Args:
        route: See `subscribe`.
        group: See `subscribe`.
        from_: See `subscribe`.
        limit: See `subscribe`.
        until_end: See `subscribe`.
        settings: See `subscribe`.
        ready: Called when the position is set, so that no later record is missed.
    """
    settings = _with_broker(settings)
    topic = await routed_or_named(settings, route)
    start, wanted = from_, _any
    if isinstance(from_, datetime):
        start, wanted = from_ - CLOCK_SKEW, partial(_is_from, from_)
    following = follow_topic(
        settings,
        topic,
        group=group,
        start=start,
        wanted=wanted,
        limit=limit,
        until_end=until_end,
        ready=ready,
    )
    async with aclosing(following) as items:
        async for item in items:
            yield item


def _any(received: Received) -> bool:  # noqa: ARG001  # a filter that accepts all
    return True


def _is_from(start: datetime, received: Received) -> bool:
    return record_time(received.record, received.sent) >= start


def record_time(record: Record, sent: datetime) -> datetime:
    """Return the event time of a record; the time of sending if the record has none."""
    match record:
        case CleanArticle():
            return event_time(record)
        case RawArticle():
            return raw_event_time(record)
        case DeadLetter():
            return record.time
        case Alert() if record.published is not None:
            return min(record.published, sent)
        case _:
            return sent


async def routed_or_named(settings: Settings, route: str) -> str:
    """Return the topic of a route, or the topic of that name.

    Raises:
        UsageError: If neither is on the broker; the message lists the routes there.
    """
    try:
        name = topic_named(route).name if "." in route else routed_topic(route).name
    except (KeyError, ValueError):
        raise UsageError(f"{route!r} is neither the name of a route nor of a topic") from None
    prefix = "routed." if name.startswith("routed.") else name
    known = await topics_with_prefix(settings, prefix)
    if name not in known:
        routes = ", ".join(
            sorted(topic.removeprefix("routed.").removesuffix(".v1") for topic in known)
        )
        raise UsageError(
            f"no topic {name} at {settings.broker}; routes there: {routes or 'none yet'} "
            "(`streams topics create` creates them)"
        )
    return name


def _with_broker(settings: Settings | None) -> Settings:
    settings = settings or library_settings()
    if settings.broker:
        return settings
    running = require_broker(settings.data / "kafka")
    return settings.model_copy(update={"broker": running.bootstrap})
