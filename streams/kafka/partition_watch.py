"""Watch that the members of a group read every partition of their topics."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.kafka.bound_positions import positions_of
from streams.kafka.coverage import Coverage, coverage_seen_by, request_rebalance, unread_records
from streams.kafka.topic_ids import read_topic_ids
from streams.kafka.topic_watch import TopicWatch
from streams.settings import Settings

log = structlog.get_logger()

ANSWER_WITHIN: Final = timedelta(seconds=10)
"""Maximum time for a check; requests to the coordinator wait during a rebalance."""

OTHERS_ACT_AFTER: Final = 4
"""Number of checks after which a member asks for a rebalance that is not the first in order: the
first one may be an older version, which does not ask."""

Result = TypeVar("Result")

RunInLoop = Callable[[Callable[[], Coroutine[Any, Any, Any]]], Awaitable[Any]]
"""Runs an asynchronous function in the event loop of a consumer, and returns its result."""


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Partitions that no member of a group reads.

    Attributes:
        partitions: The partitions, sorted.
        n_records: Records that wait in them; 0 for a member that is not the first in order, so
            that the sum over all members is right.
    """

    partitions: tuple[TopicPartition, ...] = ()
    n_records: int = 0

    @property
    def names(self) -> list[str]:
        """The partitions as ``topic-number``, with the prefix of the topics."""
        return [f"{topic}-{number}" for topic, number in self.partitions]

    @property
    def problem(self) -> str:
        """The problem in one sentence; empty if there is none.

        Examples:
            >>> Unread(partitions=(TopicPartition("articles.raw.v1", 8),)).problem
            'no process reads articles.raw.v1-8; a rebalance is requested'
        """
        if not self.partitions:
            return ""
        names = self.names
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004
        return f"no process reads {', '.join(names[:3])}{more}; a rebalance is requested"


async def _run_here(function: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    return await function()


class PartitionWatch:
    """Finds partitions that no member of a group reads, and asks for a rebalance.

    Kafka tells only the leader of a group to look for added partitions, and a static member that
    comes back does not learn that it leads (`streams.kafka.assignor`). So every member looks. Of
    several members the first in order asks, so that one rebalance is requested, not one by each.

    Args:
        client: Returns the consumer; None while there is none.
        run: Runs a function in the consumer's event loop. Defaults to the caller's.
        settings: Settings that say how often `keep_watching` checks: by default each 15 s. Two
            checks in a row, and a rebalance of some seconds, are less than the minute within which
            an added partition has a reader; a check costs 1 ms of CPU.
        topics: Compares the topics with what the broker says at each check. By default none.

    Attributes:
        unread: Partitions without a reader, at the last check.
        coverage: What Kafka said about the group at the last check; None before the first.
        topics: Compares the topics with those that were there at the first check.
    """

    def __init__(
        self,
        client: Callable[[], AIOKafkaConsumer | None],
        *,
        run: RunInLoop = _run_here,
        settings: Settings | None = None,
        topics: TopicWatch | None = None,
    ) -> None:
        self.topics = topics or TopicWatch(())
        self.coverage: Coverage | None = None
        self._client = client
        self._run = run
        self._every_seconds = (settings or Settings()).partition_check_seconds
        self._n_checks_unread = 0
        self.unread = Unread()

    def reset(self) -> None:
        """Forget what was unread: the partitions are assigned again."""
        self.unread = Unread()

    async def keep_watching(self) -> None:
        """Check until canceled."""
        while True:
            await asyncio.sleep(self._every_seconds)
            await self.check()

    async def check(self) -> None:
        """Look for partitions without a reader; ask for a rebalance at the second time in a row.

        Kafka's own mechanism gets the time between two checks. A check that Kafka does not answer
        changes nothing: the next one follows.
        """
        await self._ask(self._look)

    async def _ask(self, question: Callable[[AIOKafkaConsumer], Coroutine[Any, Any, None]]) -> None:
        client = self._client()
        if client is None:
            return
        try:
            async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
                await self._run(lambda: question(client))
        except (KafkaError, TimeoutError, OSError) as error:
            log.info("partition check failed", error=repr(error))

    async def check_topics(self) -> None:
        """Compare the topics with what the broker says now; no answer changes nothing."""
        await self._ask(self._compare_topics)

    async def check_coverage(self) -> None:
        """Ask which partitions the group reads now; no answer changes nothing."""
        await self._ask(self._see_coverage)

    async def _see_coverage(self, client: AIOKafkaConsumer) -> None:
        self.coverage = await coverage_seen_by(client)

    async def _compare_topics(self, client: AIOKafkaConsumer) -> None:
        if not self.topics.topics:
            return
        self.topics.expect(positions_of(client).ids)
        self.topics.look(await read_topic_ids(client._client, self.topics.topics))  # noqa: SLF001  # aiokafka has no public way

    async def _look(self, client: AIOKafkaConsumer) -> None:
        await self._compare_topics(client)
        coverage = await coverage_seen_by(client)
        self.coverage = coverage
        member = client._coordinator.member_id  # noqa: SLF001  # aiokafka has no public way
        is_first = coverage.members[:1] == (member,)
        n_records = await unread_records(client, coverage.unassigned) if is_first else 0
        self.unread = Unread(partitions=coverage.unassigned, n_records=n_records)
        if self.is_due(coverage, is_first=is_first):
            log.warning("partitions unassigned, rebalancing", partitions=self.unread.names)
            await request_rebalance(client)

    def is_due(self, coverage: Coverage, *, is_first: bool) -> bool:
        """Return whether this member asks for a rebalance now.

        Args:
            coverage: The result of a check.
            is_first: Whether this member is the first of the group in order.
        """
        self._n_checks_unread = self._n_checks_unread + 1 if coverage.unassigned else 0
        needed = 2 if is_first else OTHERS_ACT_AFTER
        return self._n_checks_unread >= needed and self._n_checks_unread % 2 == 0
