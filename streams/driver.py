"""The topology in memory, without a broker, like Kafka Streams' TopologyTestDriver.

For tests, `streams try` and dry runs of rules. The driver runs the same processors as the
workers; only the topics are lists. Killable processes and their time limit belong to the worker,
so a page that hangs also hangs the driver.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from streams.processors.build import build_processor
from streams.processors.message import Message, Processor
from streams.records import ORIGIN_HEADER, TOPICS, RawArticle, Record, Topic, encode, topic_named
from streams.records.codec import decode_one_of
from streams.records.record import Origin
from streams.records.topics import MEMORY, RAW
from streams.settings import Settings, library_settings
from streams.topology import STAGES, Stage

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Default time of the driver's clock; only dead letters contain it."""


@dataclass
class Driver:
    """Runs articles through all stages, one after the other, in the order they were put in.

    Attributes:
        processors: Processor of each stage, by its name; by default of every stage, with the
            settings of this process and an empty memory.
        now: Time of the driver, set by hand.
        stages: The topology; a stage without a processor does nothing.
        topics: Messages of each topic, in order, by its name.

    Examples:
        >>> from streams.client import raw_article
        >>> driver = Driver()
        >>> article = raw_article(source="me", title="Rain", text="It rained in Hamburg on Monday.")
        >>> results = driver.run(article)
        >>> [topic for topic, _ in results if not topic.startswith("routed.")]
        ['articles.clean.v1', 'articles.unique.v1', 'articles.enriched.v1']
    """

    processors: dict[str, Processor] = field(
        default_factory=lambda: build_processors(library_settings())
    )
    now: datetime = EPOCH
    stages: tuple[Stage, ...] = STAGES
    topics: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    _queue: deque[Message] = field(default_factory=deque)

    def run(self, article: RawArticle) -> list[tuple[str, Record]]:
        """Run an article through every stage; return the resulting records, as `results` does."""
        return self.results(self.put(article))

    def put(self, article: RawArticle) -> Origin:
        """Put an article on the raw topic and run it through every stage.

        Returns:
            Its origin, which all resulting records carry.
        """
        return self.put_bytes(RAW, article.id.encode(), encode(article))

    def put_bytes(self, topic: Topic, key: bytes | None, value: bytes | None) -> Origin:
        """Put any bytes on a topic, valid or not, and run every stage on what results."""
        message = self._append(topic.name, key, value, None)
        self._run_all()
        return message.origin

    def records(self, topic: str) -> list[Record]:
        """Return the decoded records of a topic, without tombstones."""
        return [_record(message) for message in self.topics.get(topic, []) if message.value]

    def results(self, origin: Origin) -> list[tuple[str, Record]]:
        """Return the records that resulted from an article, with topics, in order of the stages."""
        messages = [m for topic in self.topics.values() for m in topic if m.value is not None]
        order = {topic.name: index for index, topic in enumerate(TOPICS)}
        messages.sort(key=lambda message: (order.get(message.topic, len(order)), message.offset))
        return [
            (message.topic, _record(message))
            for message in messages
            if message.origin == origin and message.topic not in {RAW.name, MEMORY.name}
        ]

    def _append(
        self, topic: str, key: bytes | None, value: bytes | None, origin: Origin | None
    ) -> Message:
        message = Message(
            topic=topic,
            partition=0,
            offset=len(self.topics[topic]),
            key=key,
            value=value,
            headers=() if origin is None else ((ORIGIN_HEADER, str(origin).encode()),),
        )
        self.topics[topic].append(message)
        self._queue.append(message)
        return message

    def _run_all(self) -> None:
        while self._queue:
            self._run(self._queue.popleft())

    def _run(self, message: Message) -> None:
        for stage in self.stages:
            if stage.name in self.processors and message.topic in {t.name for t, _ in stage.reads}:
                for item in self.processors[stage.name](message, self.now).messages:
                    self._append(item.topic, item.key, item.value, message.origin)


def _record(message: Message) -> Record:
    return decode_one_of(message.value or b"", topic_named(message.topic).records)


def build_processors(
    settings: Settings, stages: tuple[Stage, ...] = STAGES
) -> dict[str, Processor]:
    """Build the processor of every stage, with an empty memory and the rules of the settings.

    Raises:
        UsageError: If the rules, or the enrichers of the settings, cannot be used.
    """
    return {stage.name: build_processor(stage, settings) for stage in stages}


def create_driver(
    settings: Settings, *, now: datetime = EPOCH, stages: tuple[Stage, ...] = STAGES
) -> Driver:
    """Build a driver with every stage, an empty memory and the rules of the settings.

    Args:
        settings: Settings of the stages.
        now: Time of the driver.
        stages: The topology.

    Raises:
        UsageError: If the rules, or the enrichers of the settings, cannot be used.
    """
    return Driver(build_processors(settings, stages), now, stages)
