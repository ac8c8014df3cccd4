"""Count articles on Kafka with a plain consumer: an audit that shares no code with the product.

It knows the names of the topics and two fields of the records, and nothing of News Streams.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

ENDS = ("articles.enriched.v1", "articles.duplicates.v1", "articles.dropped.v1")
LETTERS = "articles.dead-letter.v1"
ORIGIN = "news-origin"


@dataclass
class IndependentCount:
    """What is on the topics.

    Attributes:
        raw: Source and fetch time of each raw record, by its position.
        ended: Positions of raw records with a record about the same article at an end.
        routed: Positions of raw records on a route.
        unreadable: Number of records behind the raw topic that are no JSON object with an id.
    """

    raw: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)
    routed: set[str] = field(default_factory=set)
    unreadable: int = 0

    @property
    def missing(self) -> list[str]:
        """Positions of raw records that ended nowhere."""
        return sorted(self.raw.keys() - self.ended.keys())


async def count_independently(bootstrap: str, prefix: str) -> IndependentCount:
    """Read all topics of a pipeline from their beginning to their end."""
    found = IndependentCount()
    client = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        enable_auto_commit=False,
    )
    await client.start()
    try:
        names = sorted(name for name in await client.topics() if name.startswith(prefix))
        for name in sorted(names, key=lambda name: "raw" not in name):
            async for message in _messages(client, name):
                _count(found, name.removeprefix(prefix), message)
    finally:
        await client.stop()
    return found


async def _messages(client: AIOKafkaConsumer, name: str) -> Any:
    first = TopicPartition(name, 0)
    client.assign([first])
    await client.end_offsets([first])  # until then the client does not know the topic
    for number in sorted(client.partitions_for_topic(name)):
        place = TopicPartition(name, number)
        client.assign([place])
        end = (await client.end_offsets([place]))[place]
        while await client.position(place) < end:
            for batch in (await client.getmany(place, timeout_ms=200)).values():
                for message in batch:
                    yield message


def _count(found: IndependentCount, topic: str, message: Any) -> None:
    position = f"{topic}-{message.partition}-{message.offset}"
    try:
        value = json.loads(message.value or b"")
        content = value.get("source"), value.get("fetched")
    except (ValueError, AttributeError):
        value, content = None, (None, None)
    if topic == "articles.raw.v1":
        found.raw[position] = content
        return
    is_end, is_routed = topic in {*ENDS, LETTERS}, topic.startswith("routed.")
    if not (is_end or is_routed):
        return
    header = dict(message.headers).get(ORIGIN)
    origin = header.decode("latin-1") if header else ""
    if not value or not (value.get("id") or value.get("stage")) or origin not in found.raw:
        found.unreadable += 1
    elif is_routed:
        found.routed.add(origin)
    elif topic == LETTERS or found.raw[origin][0] == content[0]:
        found.ended[origin] += 1
