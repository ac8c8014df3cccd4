"""What programs import: send articles in, receive the articles of a route.

Settings come from the environment (``NEWS_BROKER``), else the running local
broker is used::

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
from streams.settings import Settings, load_settings
from streams.sources.article import raw_article as built_article
from streams.sources.article import validate
from streams.sources.event_time import raw_event_time
from streams.sources.rejection import Rejected

CLOCK_SKEW: Final = timedelta(minutes=10)
"""How far the clock of whoever sets event times may be ahead of the one that stamps messages."""


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
        source: Your name for where it comes from.
        url: Where it is published; the article's identity where there is one.
        title: Headline; may be empty with ``html``.
        text: The body as plain text; or else ``html``.
        html: The whole page, best as the bytes that the server sent.
        fetched: When you got it, aware; None: now.
        fields: Others of `schemas.RawArticle`: ``published``, ``external_id``,
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
    sound = validate(article, place=url or title or source)
    if isinstance(sound, Rejected):
        raise UsageError(f"raw_article: {sound.reason}: {sound.detail}")
    return sound


class Producer:
    """A connection to send articles through; made by `connect`."""

    def __init__(self, client: AIOKafkaProducer, settings: Settings) -> None:
        """Send through a started client."""
        self._sender = Sender(client, settings)

    async def publish(self, articles: Iterable[RawArticle]) -> list[Origin]:
        """Send articles into the pipeline, and wait until the broker has them all.

        Args:
            articles: As `raw_article` builds them.

        Returns:
            Their origins, in the same order: what every record that comes of
            them names.

        Raises:
            BrokerError: If the broker does not acknowledge one; others may be sent.
        """
        answers = [
            await self._sender.send(RAW.name, encode(article), article.id.encode())
            for article in articles
        ]
        return [await answer for answer in answers]


@asynccontextmanager
async def connect(settings: Settings | None = None) -> AsyncIterator[Producer]:
    """Open a connection to publish through, again and again.

    Args:
        settings: None: from the environment, else the running local broker.

    Raises:
        BrokerError: If there is none, or it cannot be reached.
    """
    settings = _with_broker(settings)
    async with producer(settings) as client:
        yield Producer(client, settings)


async def publish(
    articles: Iterable[RawArticle], *, settings: Settings | None = None
) -> list[Origin]:
    """Connect, send articles and wait until the broker has them all (`Producer.publish`)."""
    async with connect(settings) as connection:
        return await connection.publish(articles)


async def subscribe(
    route: str,
    *,
    group: str | None = None,
    from_: Start = "end",
    limit: int | None = None,
    settings: Settings | None = None,
) -> AsyncGenerator[Any, None]:
    """Receive the articles of a route, or the records of a topic, as they come.

    **Delivery.** At-least-once with a group: an article is committed after the
    body of your loop has run for it, when you ask for the next one, or
    ``limit`` is reached. If you leave the loop by ``break`` or by an exception,
    or the process dies, the article at hand comes again at the next start.
    Repeats caused by crashes before you are recognized by their origin and left
    out, up to 100,000 articles back in each partition and since this process
    started; after a restart only your own commits count.

    Args:
        route: Name of a route (``unmatched``: what no rule wanted) or a topic.
        group: Your program's name: processes with the same one share the work,
            and go on after a restart where they were. None: everything, nothing kept.
        from_: Where to begin if the group has no position yet: ``beginning``,
            ``end``, or an aware time: articles of that event time and later.
        limit: End after so many; None: never.
        settings: None: from the environment, else the running local broker.

    Returns:
        Of a route: `schemas.EnrichedArticle`, or `schemas.DuplicateArticle`
        where its rule asks for copies; of a topic: its records.

    Raises:
        BrokerError: If the broker cannot be reached.
        UsageError: If there is no such route or topic.
    """
    receiving = receive(route, group=group, from_=from_, limit=limit, settings=settings)
    async with aclosing(receiving) as items:
        async for item in items:
            yield item.record


async def receive(
    route: str,
    *,
    group: str | None = None,
    from_: Start = "end",
    limit: int | None = None,
    settings: Settings | None = None,
    ready: Callable[[], None] | None = None,
) -> AsyncGenerator[Received, None]:
    """Do as `subscribe`, and say of each record where it came from.

    Args:
        route: See `subscribe`.
        group: See `subscribe`.
        from_: See `subscribe`.
        limit: See `subscribe`.
        settings: See `subscribe`.
        ready: Called when nothing more will be missed.
    """
    settings = _with_broker(settings)
    topic = await routed_or_named(settings, route)
    start, wanted = from_, _any
    if isinstance(from_, datetime):
        start, wanted = from_ - CLOCK_SKEW, partial(_is_from, from_)
    following = follow_topic(
        settings, topic, group=group, start=start, wanted=wanted, limit=limit, ready=ready
    )
    async with aclosing(following) as items:
        async for item in items:
            yield item


def _any(received: Received) -> bool:  # noqa: ARG001  # the question has no other answer
    return True


def _is_from(start: datetime, received: Received) -> bool:
    return record_time(received.record, received.sent) >= start


def record_time(record: Record, sent: datetime) -> datetime:
    """Give the event time of any record; of one that has none, when it was sent."""
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
    """Give the topic of a route, or the topic of that name.

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
            "(`streams topics create` makes them)"
        )
    return name


def _with_broker(settings: Settings | None) -> Settings:
    settings = settings or load_settings()
    if settings.broker:
        return settings
    running = require_broker(settings.data / "kafka")
    return settings.model_copy(update={"broker": running.bootstrap})
