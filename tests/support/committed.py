"""The ends of raw records as a subscriber sees them: aborted transactions do not count."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord

from streams.inspect.audit import ENDS, REJECTED_AFTER_END, Audit, compare_origins
from streams.kafka.connection import consumer, logical_name
from streams.kafka.cursor import Cursor, read_unordered
from streams.kafka.read import partitions_of, topics_with_prefix
from streams.records import ORIGIN_HEADER
from streams.records.topics import ENRICHED, RAW
from streams.settings import Settings

COMMITTED = "read_committed"
"""Isolation level that subscribers of a transactional engine need; this pipeline has none."""


@dataclass(kw_only=True)
class Ended:
    """The ends of the raw records.

    Attributes:
        audit: Where each record ended.
        n_routed: Number of records that subscribers received, repeats included.
        unrouted: Origins of enriched articles that are on no route; each must be on at least one.
    """

    audit: Audit = field(default_factory=Audit)
    n_routed: int = 0
    unrouted: list[str] = field(default_factory=list)


async def read_ends(settings: Settings) -> Ended:
    """Read the raw topic, the four final topics and every route, and compare their origins."""
    routes = await topics_with_prefix(settings, "routed.")
    names = [RAW.name, *(topic.name for topic in ENDS), *routes]
    seen: dict[str, Counter[str]] = {name: Counter() for name in names}
    async for message in _committed(settings, names):
        topic = logical_name(settings, message.topic)
        origin = dict(message.headers).get(ORIGIN_HEADER, b"").decode()
        origin = re.sub("@[0-9a-f]{8}-", "-", origin)  # the topic id; no test here has two topics
        if topic == RAW.name:
            origin = f"{topic}-{message.partition}-{message.offset}"
        # A record that `route` rejects had already ended, as enriched or as a duplicate.
        if origin and not (message.value or b"").startswith(REJECTED_AFTER_END):
            seen[topic][origin] += 1
    routed = sum((seen.pop(name) for name in routes), Counter[str]())
    return Ended(
        audit=compare_origins(set(seen.pop(RAW.name)), seen),
        n_routed=routed.total(),
        unrouted=sorted(seen[ENRICHED.name].keys() - routed.keys()),
    )


async def _committed(settings: Settings, topics: Sequence[str]) -> AsyncIterator[ConsumerRecord]:
    async with consumer(settings, isolation_level=COMMITTED) as client:
        partitions = await partitions_of(client, settings, topics)
        client.assign(partitions)
        cursor = Cursor(client, await client.end_offsets(partitions), None)
        async for message in read_unordered(cursor):
            yield message


async def count_routed(settings: Settings) -> int:
    """Return the number of routed records, by the offsets of the routes: fast, not exact.

    The end of a transaction takes an offset, too.
    """
    async with consumer(settings, isolation_level=COMMITTED) as client:
        names = await topics_with_prefix(settings, "routed.")
        partitions = await partitions_of(client, settings, names)
        return sum((await client.end_offsets(partitions)).values())
