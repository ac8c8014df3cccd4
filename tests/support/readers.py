"""Every reader of messages on Kafka, as a function of some messages.

Each returns what it read: the same for good messages whether or not messages of other programs are
between them. `tests/streams/test_readers.py` checks that no module that reads is missing here.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import orjson

from streams.alerts.store import SubscriptionTable, apply_search
from streams.cli.alerts._lookup import add_alert
from streams.cli.audit import report, summary
from streams.cli.feeds.status import status_rows
from streams.client import record_time
from streams.config.feeds import FeedEntry
from streams.deliver.fan_out import plan_deliveries
from streams.deliver.ledger.statements import values_of
from streams.driver import build_processors
from streams.inspect.audit import Audit, audit_of
from streams.inspect.audit_count import AuditCount
from streams.inspect.dead_letter_article import article_in
from streams.inspect.dead_letters import LetterIndex, add_to_index, parse_letter
from streams.inspect.trace_record import (
    drop_redelivered,
    origin_of,
    parse_trace_record,
    sort_trace,
)
from streams.kafka.decoding import sent_at
from streams.kafka.read import record_in
from streams.kafka.subscribe import received_of
from streams.processors.message import Message, Processor
from streams.records import (
    DeadLetter,
    FeedState,
    ImportPosition,
    Record,
    Subscription,
    encode,
    routed_topic,
)
from streams.records.topics import (
    ALERTS,
    CLEAN,
    DEAD_LETTER,
    ENRICHED,
    FEEDS,
    IMPORTS,
    MEMORY,
    RAW,
    SUBSCRIPTIONS,
    UNIQUE,
)
from streams.serve.alerts.log import AlertLog
from streams.serve.alerts.sse import AlertBuffer, alert_event
from streams.serve.feeds.handlers import FeedCache
from streams.settings import Settings
from streams.sources.feeds.state import apply_state, state_of
from streams.sources.imports.position import apply_position
from streams.sources.replay.replay import ReplayCounts, add_raw_article
from streams.topology import DEDUPE_STAGE, STAGES
from streams.worker.route_runner import RouteRunner
from streams.worker.table_runner import TableRunner
from streams.worker.worker import message_of
from tests.support.builders import (
    FETCHED,
    TEXT,
    clean_article,
    enriched_article,
    raw_article,
    unique_article,
)
from tests.support.deliver import alert
from tests.support.memory import SMALL_MEMORY
from tests.support.stored import stored_message

TINY_MEMORY = Settings(dedupe_max_articles=1_000)

SEARCH = Subscription(id="rates", query="bridge", channels=("desk",))
LETTER = DeadLetter(
    stage="clean", reason="not_json", detail="", time=FETCHED, topic=RAW.name, partition=0, offset=1
)
STATE = FeedState(id="wire", url="https://wire.test/rss", given_url="https://wire.test/rss")
POSITION = ImportPosition(
    id="file", path="/a", n_bytes=1, head_bytes=1, head_sha256="0" * 64, updated=FETCHED
)
ARTICLE = enriched_article()

Read = Callable[[Sequence[Any]], list[Any]]
"""Reads messages, and returns what was read."""


@dataclass(frozen=True)
class Reader:
    """A reader.

    Attributes:
        topic: A topic that it reads.
        good: A record of the topic.
        modules: Modules, below ``streams``, that read in this way.
        read: The reader.
        skips: Whether it reads nothing from other messages; a stage sends a dead letter.
    """

    topic: str
    good: Record
    modules: tuple[str, ...]
    read: Read
    skips: bool = True

    def good_message(self, **fields: Any) -> Any:
        """Return a message with the good record."""
        key = str(getattr(self.good, "article_id", getattr(self.good, "id", ""))).encode()
        return stored_message(self.topic, key=key, value=encode(self.good), **fields)


def _memory(messages: Sequence[Any]) -> list[Any]:
    """Load the memory of `dedupe`; return where a copy of the good article goes, and its group."""

    async def tables(_settings: Settings, _topic: str) -> AsyncGenerator[Any, None]:
        yield messages

    async def answer() -> list[Any]:
        runner = TableRunner(DEDUPE_STAGE, TINY_MEMORY, lambda: None, read=tables)
        await runner.assigned()
        copy = clean_article(url="https://copy.test/a", text=TEXT)
        results = [
            await (await runner.start(_clean_message(article, offset=number)))
            for number, article in enumerate([copy, clean_article(text="Another text. " * 40)])
        ]
        remembered = [
            orjson.loads(sent.value or b"{}").get("sequence", 0)
            for result in results
            for sent in result.messages
            if sent.topic == MEMORY.name
        ]
        assert max(remembered) < 2**61, "the numbers overflow soon"
        return [
            (result.decision, sent.topic)
            for result in results
            for sent in result.messages
            if sent.topic != MEMORY.name
        ]

    return asyncio.run(answer())


def _clean_message(article: Record, *, offset: int) -> Message:
    return Message(
        topic=CLEAN.name, partition=0, offset=offset, key=b"k", value=encode(article), headers=()
    )


def memory_record(**changes: Any) -> Record:
    """Return what `dedupe` remembers of an article."""
    from streams.processors.dedupe import dedupe_processor, empty_memory  # noqa: PLC0415
    from streams.records import Memory, decode  # noqa: PLC0415

    process = dedupe_processor(empty_memory(SMALL_MEMORY))
    result = process(_clean_message(clean_article(**changes), offset=0), FETCHED)
    [value] = [sent.value for sent in result.messages if sent.topic == MEMORY.name]
    return decode(value or b"", Memory)


class _FakeConsumer:
    """A consumer that returns some messages at once."""

    def __init__(self, messages: Sequence[Any]) -> None:
        self._messages = messages
        self._position = 0

    async def end_offsets(self, partitions: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(partitions, len(self._messages))

    async def position(self, _partition: Any) -> int:
        return self._position

    async def getmany(self, **_options: Any) -> dict[Any, list[Any]]:
        self._position = len(self._messages)
        return {0: list(self._messages)}


def _table(messages: Sequence[Any]) -> list[Any]:
    table = SubscriptionTable(_FakeConsumer(messages), [0])  # type: ignore[list-item]  # a fake
    asyncio.run(table.refresh())
    assert all(table.changed(id_) for id_ in table.all())
    return [table.get("rates")]


def _searches(messages: Sequence[Any]) -> list[Any]:
    searches: dict[str, Subscription] = {}
    for message in messages:
        apply_search(searches, message)
    return [searches.get("rates")]


def _active_searches(messages: Sequence[Any]) -> list[Any]:
    """Follow the saved searches as `route` does; return the alerts of an article."""

    async def follow(
        _settings: Settings, _topic: str, *, caught_up: Callable[[], None]
    ) -> AsyncGenerator[Any, None]:
        for message in messages:
            yield message
        caught_up()

    async def create(*_: Any) -> None:
        return

    async def alerts() -> list[Any]:
        runner = RouteRunner(Settings(), create=create, follow=follow)
        await runner.ready()
        message = Message(
            topic=ENRICHED.name, partition=0, offset=0, key=b"k", value=encode(ARTICLE)
        )
        result = await (await runner.start(message))
        runner.stop()
        return [
            sent.value
            for sent in result.messages
            if sent.topic == ALERTS.name and sent.key == b"rates"
        ]

    return asyncio.run(alerts())


def _deliveries(messages: Sequence[Any]) -> list[Any]:
    table: Any = SimpleNamespace(get=lambda _: SEARCH)
    planned = list(plan_deliveries(messages, table, now=FETCHED))
    for delivery in planned:
        values_of(delivery)
        delivery.made.astimezone()
    return [delivery.alert.id for delivery in planned]


def _alert_log(messages: Sequence[Any]) -> list[Any]:
    """Follow the alerts as `serve` does; return the events of a client that wants all."""
    log: Any = AlertLog(SMALL_MEMORY, SimpleNamespace())  # type: ignore[arg-type]  # a fake
    log.restart([0])
    listener = AlertBuffer(lambda _: True, buffered=len(messages))
    with log.listening(listener):
        for offset, message in enumerate(messages):
            log.add(_at(message, offset))
    for offset, message in enumerate(messages):
        log.parse_alert(_at(message, offset))
    seen = iter(listener.next, None)
    return [event for item in seen if b"event: alert" in (event := alert_event(item.value, [0]))]


def _at(message: Any, offset: int) -> Any:
    fields = {name: getattr(message, name) for name in ("key", "value", "headers", "timestamp")}
    return stored_message(message.topic, **fields, partition=0, offset=offset)


def _feed(messages: Sequence[Any]) -> list[Any]:
    """Write the feeds of a search; return which headlines they have."""
    places = [(0, offset) for offset in range(len(messages))]
    log: Any = SimpleNamespace(latest=lambda _: places)

    async def at(_places: Any) -> list[Any]:
        return [_at(message, offset) for offset, message in enumerate(messages)]

    cache = FeedCache(log, SimpleNamespace(at=at), SimpleNamespace())  # type: ignore[arg-type]  # fakes

    async def feeds() -> list[bytes]:
        return [
            await cache.feed(SEARCH, url=f"https://n.test/f.{kind}", etag=kind, changed=FETCHED)
            for kind in ("atom", "json")
        ]

    return [alert().title.encode() in feed for feed in asyncio.run(feeds())]


def _subscriber(messages: Sequence[Any]) -> list[Any]:
    received = [received_of(message, SMALL_MEMORY) for message in messages]
    return [item.record for item in received if item is not None]


def _newest(messages: Sequence[Any]) -> list[Any]:
    records = [(record_in(message, SMALL_MEMORY), message) for message in messages]
    times = [record_time(record, sent_at(message)) for record, message in records if record]
    assert not times or max(times)
    return times


def _trace(messages: Sequence[Any]) -> list[Any]:
    for message in messages:
        origin_of(message, SMALL_MEMORY)
    parsed = [parse_trace_record(message, SMALL_MEMORY) for message in messages]
    entries = [entry for entry in parsed if entry is not None]
    return [entry.record for entry in sort_trace(drop_redelivered(entries))]


def _letters(messages: Sequence[Any]) -> list[Any]:
    index = LetterIndex()
    for message in messages:
        add_to_index(index, message)
    letters = [letter for message in messages if (letter := parse_letter(message))]
    for letter in letters:
        article_in(letter.record)
        index.is_open(letter.id)
    return [letter.record for letter in letters]


def _feed_states(messages: Sequence[Any]) -> list[Any]:
    states: dict[str, FeedState] = {}
    for message in messages:
        apply_state(states, message)
    status_rows(list(states.values()), now=FETCHED)
    return [state_of(FeedEntry(id="wire", url=STATE.url), states).given_url]


def _positions(messages: Sequence[Any]) -> list[Any]:
    positions: dict[str, ImportPosition] = {}
    for message in messages:
        apply_position(positions, message)
    return [positions.get("file")]


def _replay(messages: Sequence[Any]) -> list[Any]:
    counts, articles = ReplayCounts(), []
    for message in messages:
        add_raw_article(articles, message, counts)
    return [article for _, article in articles]


def _alerts_of_search(messages: Sequence[Any]) -> list[Any]:
    alerts: dict[str, Any] = {}
    for message in messages:
        add_alert(alerts, message)
    return list(alerts.values())


@cache
def _processor(name: str) -> Processor:
    stages = tuple(stage for stage in STAGES if stage.name == name)
    return build_processors(SMALL_MEMORY, stages)[name]


def _stage(name: str) -> Read:
    """Return a reader that runs a stage; it returns the decisions about the messages."""

    def read(messages: Sequence[Any]) -> list[Any]:
        process = _processor(name)
        results = [process(message_of(message, SMALL_MEMORY), FETCHED) for message in messages]
        for message in messages:
            received = message_of(message, SMALL_MEMORY)
            assert received.forwarded_headers
            assert received.taken is None or received.taken >= 0
        return [result.decision for result in results]

    return read


def _audit(messages: Sequence[Any]) -> list[Any]:
    """Count messages at the end of an article; return what ended."""
    count = AuditCount()
    for message in messages:
        count.add(message.topic, message)
    result = audit_of(count)
    assert summary_of(result)
    return [sum(result.ends.values()) > 0]


def summary_of(result: Audit) -> list[str]:
    """Return what `streams audit` says; also as JSON."""
    assert orjson.dumps(report(result))
    return list(summary(result))


READERS: dict[str, Reader] = {
    "memory": Reader(
        MEMORY.name,
        memory_record(),
        ("worker/table_runner", "dedupe/memory/memory"),
        _memory,
    ),
    "search table": Reader(
        SUBSCRIPTIONS.name,
        SEARCH,
        ("alerts/store", "deliver/deliverer", "serve/searches/store"),
        _table,
    ),
    "searches": Reader(SUBSCRIPTIONS.name, SEARCH, ("alerts/store",), _searches),
    "active searches": Reader(
        SUBSCRIPTIONS.name, SEARCH, ("worker/route_runner",), _active_searches
    ),
    "deliveries": Reader(
        ALERTS.name, alert(), ("deliver/fan_out", "deliver/deliverer"), _deliveries
    ),
    "alert log": Reader(ALERTS.name, alert(), ("serve/alerts/log", "serve/alerts/sse"), _alert_log),
    "feed of a search": Reader(
        ALERTS.name, alert(), ("serve/feeds/handlers", "serve/alerts/reader"), _feed
    ),
    "alerts of a search": Reader(ALERTS.name, alert(), ("cli/alerts/_lookup",), _alerts_of_search),
    "subscriber": Reader(
        routed_topic("europe").name, ARTICLE, ("kafka/subscribe", "kafka/read"), _subscriber
    ),
    "newest": Reader(
        routed_topic("europe").name, ARTICLE, ("cli/subscribe", "kafka/topic_sizes"), _newest
    ),
    "articles": Reader(
        ENRICHED.name, ARTICLE, ("alerts/backtest", "demo/run", "inspect/trace"), _subscriber
    ),
    "trace": Reader(
        ENRICHED.name,
        ARTICLE,
        ("inspect/trace", "inspect/trace_record", "inspect/duplicate_chain"),
        _trace,
    ),
    "audit": Reader(ENRICHED.name, ARTICLE, ("inspect/audit", "inspect/audit_count"), _audit),
    "dead letters": Reader(DEAD_LETTER.name, LETTER, ("inspect/dead_letters",), _letters),
    "feed states": Reader(
        FEEDS.name, STATE, ("sources/feeds/state", "cli/feeds/status"), _feed_states
    ),
    "import positions": Reader(IMPORTS.name, POSITION, ("sources/imports/position",), _positions),
    "replay": Reader(RAW.name, raw_article(), ("sources/replay/replay",), _replay),
    "clean": Reader(RAW.name, raw_article(), ("worker/worker",), _stage("clean"), skips=False),
    "dedupe": Reader(
        CLEAN.name, clean_article(), ("worker/worker",), _stage("dedupe"), skips=False
    ),
    "tag": Reader(UNIQUE.name, unique_article(), ("worker/worker",), _stage("tag"), skips=False),
    "route": Reader(ENRICHED.name, ARTICLE, ("worker/worker",), _stage("route"), skips=False),
}
"""Every reader by name."""

OFFSETS_ONLY = {
    "kafka/cursor": "passes messages on",
    "kafka/table": "passes messages on",
    "kafka/read": "passes messages on",
    "sources/feeds/polling/sharding": "its partitions are paused: it only stays in the group",
}
"""Modules that fetch messages and look into none, with the reason."""
