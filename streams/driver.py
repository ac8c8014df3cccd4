"""The topology in memory: records in, records out, no broker (Kafka Streams' TopologyTestDriver).

For tests, `streams try` and dry runs of rules. It runs the same steps as the
workers; only the topics are lists. Killable processes and their time limit
are the wiring's, so a page that hangs hangs here too.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from streams.kafka.read import decode_one_of
from streams.processors.build import build_processor
from streams.processors.message import Message, Processor
from streams.records import ORIGIN_HEADER, TOPICS, RawArticle, Record, Topic, encode, topic_named
from streams.records.record import Origin
from streams.records.topics import MEMORY, RAW
from streams.settings import Settings, load_settings
from streams.topology import STAGES, Stage

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What the driver's clock shows unless it is set: only dead letters carry it."""


@dataclass
class Driver:
    """Runs articles through all stages, one after the other, in the order they were put in.

    Attributes:
        steps: Stage name to what runs it; by default every stage, as the settings of this process
            say, with an empty memory.
        now: The clock, by hand.
        stages: The map; a stage without a step does nothing.
        topics: Topic name to the messages on it, in order.

    Examples:
        >>> from streams.client import raw_article
        >>> driver = Driver()
        >>> article = raw_article(source="me", title="Rain", text="It rained in Hamburg on Monday.")
        >>> results = driver.run(article)
        >>> [topic for topic, _ in results if not topic.startswith("routed.")]
        ['articles.clean.v1', 'articles.unique.v1', 'articles.enriched.v1']
    """

    steps: dict[str, Processor] = field(default_factory=lambda: build_steps(load_settings()))
    now: datetime = EPOCH
    stages: tuple[Stage, ...] = STAGES
    topics: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    _queue: deque[Message] = field(default_factory=deque)

    def run(self, article: RawArticle) -> list[tuple[str, Record]]:
        """Run an article through every stage; return what came of it, as `results` does."""
        return self.results(self.put(article))

    def put(self, article: RawArticle) -> Origin:
        """Put an article on the raw topic and run it through every stage.

        Returns:
            Its origin, which all that comes of it carries.
        """
        return self.put_bytes(RAW, article.id.encode(), encode(article))

    def put_bytes(self, topic: Topic, key: bytes | None, value: bytes | None) -> Origin:
        """Put any bytes on a topic, sound or not, and run what comes of them."""
        message = self._append(topic.name, key, value, None)
        self._run_all()
        return message.origin

    def records(self, topic: str) -> list[Record]:
        """Read a topic: every value decoded, tombstones left out."""
        return [_record(message) for message in self.topics.get(topic, []) if message.value]

    def results(self, origin: Origin) -> list[tuple[str, Record]]:
        """Give all that came of an article: topic and record, in the order of its way."""
        found = [m for messages in self.topics.values() for m in messages if m.value is not None]
        order = {topic.name: place for place, topic in enumerate(TOPICS)}
        found.sort(key=lambda message: (order.get(message.topic, len(order)), message.offset))
        return [
            (message.topic, _record(message))
            for message in found
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
            if stage.name in self.steps and message.topic in {t.name for t, _ in stage.reads}:
                for item in self.steps[stage.name](message, self.now).sendings:
                    self._append(item.topic, item.key, item.value, message.origin)


def _record(message: Message) -> Record:
    return decode_one_of(message.value or b"", topic_named(message.topic).records)


def build_steps(settings: Settings, stages: tuple[Stage, ...] = STAGES) -> dict[str, Processor]:
    """Build every stage, with an empty memory and the rules of the settings.

    Raises:
        UsageError: If the rules, or the enrichers of the settings, cannot be used.
    """
    return {stage.name: build_processor(stage, settings) for stage in stages}


def create_driver(
    settings: Settings, *, now: datetime = EPOCH, stages: tuple[Stage, ...] = STAGES
) -> Driver:
    """Build a driver with every stage, an empty memory and the rules of the settings.

    Args:
        settings: What the stages need to know.
        now: The clock, by hand.
        stages: The map.

    Raises:
        UsageError: If the rules, or the enrichers of the settings, cannot be used.
    """
    return Driver(build_steps(settings, stages), now, stages)
