"""The ledger: every delivery, its state, and which deliverer works on it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from streams.alerts.policy import CLOCK_SKEW
from streams.deliver.ledger.delivery import ENDED, Delivery, DeliveryState, QueueKey
from streams.deliver.ledger.position import LedgerPosition
from streams.deliver.ledger.statements import (
    BEGIN,
    END,
    HAS_ENDED,
    HOLD,
    IS_OPEN,
    RESEND,
    SKIP,
    delivery_of,
    in_queue,
    values_of,
)
from streams.deliver.ledger.tables import CLAIMS, DELIVERIES, PAUSES, POSITIONS
from streams.deliver.ledger.writer import LedgerWriter

_D = DELIVERIES.c

MAX_LEASES = 3
"""A claim that is valid for longer than this number of leases is not believed; the clocks of two
deliverers may differ by less."""

MAX_ERROR = 500
"""Maximum number of stored characters of an error."""


class Ledger:
    """Reads and writes deliveries; one write is stored completely or not at all.

    Args:
        engine: A database with the tables; see `streams.deliver.ledger.open.open_ledger`.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = LedgerWriter(engine, self._fence)
        self._owner = ""
        self._claimed: frozenset[int] = frozenset()
        dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
        self._add = dialect.insert(DELIVERIES).on_conflict_do_nothing()

    async def close(self) -> None:
        """Stop writing."""
        await self._writer.close()

    # New deliveries

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Add new deliveries; existing rows with the same alert and channel are left unchanged.

        Returns:
            Number of new rows.
        """
        return await self._writer.write(self._add, [values_of(delivery) for delivery in deliveries])

    async def save_positions(self, topic_id: str, offsets: Mapping[int, int]) -> None:
        """Record the offset after the last alert whose deliveries were added.

        Args:
            topic_id: Id of the topic, as in an origin; empty if unknown.
            offsets: Next offset by partition.
        """
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(POSITIONS)
        upsert = statement.on_conflict_do_update(
            index_elements=[POSITIONS.c.partition],
            set_={
                "topic_id": statement.excluded.topic_id,
                "next_offset": statement.excluded.next_offset,
            },
        )
        rows = [
            {"partition": partition, "topic_id": topic_id, "next_offset": offset}
            for partition, offset in sorted(offsets.items())
        ]
        await self._writer.write(upsert, rows)

    async def positions(self) -> dict[int, LedgerPosition]:
        """Return what `save_positions` recorded, by partition."""
        return {
            row.partition: LedgerPosition(row.topic_id, row.next_offset)
            for row in await self._rows(select(POSITIONS))
        }

    async def is_empty(self) -> bool:
        """Return whether there are neither deliveries nor positions: it is new, or was lost."""
        (row,) = await self._rows(
            select(
                exists(select(_D.number)).label("rows"), exists(select(POSITIONS)).label("places")
            )
        )
        return not (row.rows or row.places)

    async def n_in_future(self, now: datetime) -> int:
        """Count the deliveries that ended in the future: a clock was ahead."""
        query = select(func.count().label("n")).where(_D.ended > now + CLOCK_SKEW)
        (row,) = await self._rows(query)
        return int(row.n)

    # Open deliveries

    async def open_queues(self, partitions: Collection[int]) -> list[QueueKey]:
        """Return the delivery queues of these partitions that have open deliveries."""
        query = (
            select(_D.subscription_id, _D.channel)
            .where(IS_OPEN, _D.partition.in_(sorted(partitions)))
            .distinct()
        )
        return [QueueKey(row.subscription_id, row.channel) for row in await self._rows(query)]

    async def open_deliveries(self, queue: QueueKey, *, limit: int) -> list[Delivery]:
        """Return the open deliveries of a queue, in order."""
        query = select(DELIVERIES).where(IS_OPEN, *in_queue(queue)).order_by(_D.number).limit(limit)
        return [delivery_of(row) for row in await self._rows(query)]

    async def group(self, group_id: str) -> list[Delivery]:
        """Return the open deliveries of a group, in order."""
        query = select(DELIVERIES).where(IS_OPEN, _D.group_id == group_id).order_by(_D.number)
        return [delivery_of(row) for row in await self._rows(query)]

    async def sent_times(self, queue: QueueKey, *, since: datetime) -> list[datetime]:
        """Return when messages of a queue were sent, each once, in order."""
        query = (
            select(func.max(_D.ended).label("ended"))
            .where(*in_queue(queue), _D.state == DeliveryState.SENT.value, _D.ended > since)
            .group_by(_D.group_id)
        )
        return sorted(row.ended for row in await self._rows(query))

    # Results

    async def begin(
        self, deliveries: Sequence[Delivery], group_id: str, form: str, *, now: datetime
    ) -> None:
        """Record that a group is being sent: its members are fixed from now on."""
        rows = [
            {"b_number": delivery.number, "b_group": group_id, "b_form": form, "b_now": now}
            for delivery in deliveries
        ]
        await self._writer.write(BEGIN, rows)

    async def end(
        self,
        deliveries: Sequence[Delivery],
        group_id: str,
        state: DeliveryState,
        *,
        now: datetime,
        error: str = "",
        next_try: datetime | None = None,
    ) -> None:
        """Record the result of sending a group."""
        values = {
            "b_group": group_id,
            "b_state": state.value,
            "b_next": next_try,
            "b_ended": now if state in ENDED else None,
            "b_error": error[:MAX_ERROR],
        }
        rows = [{"b_number": delivery.number, **values} for delivery in deliveries]
        await self._writer.write(END, rows)

    async def hold(
        self, deliveries: Sequence[Delivery], *, until: datetime | None, reason: str
    ) -> None:
        """Record what untried deliveries wait for."""
        rows = [
            {"b_number": delivery.number, "b_until": until, "b_why": reason[:MAX_ERROR]}
            for delivery in deliveries
        ]
        await self._writer.write(HOLD, rows)

    async def skip(self, queue: QueueKey, reason: str, *, now: datetime) -> int:
        """End all open deliveries of a queue; return their number."""
        values = {"b_now": now, "b_why": reason[:MAX_ERROR]}
        return await self._writer.write(
            SKIP, [{"b_subscription": queue.subscription_id, "b_channel": queue.channel, **values}]
        )

    # Claims of deliverers

    def _fence(self) -> tuple[Any, dict[str, Any], int] | None:
        if not self._claimed:
            return None
        statement = (
            update(CLAIMS)
            .where(CLAIMS.c.owner == self._owner, CLAIMS.c.partition.in_(sorted(self._claimed)))
            .values(until=CLAIMS.c.until)
        )
        return statement, {}, len(self._claimed)

    async def claim(
        self, owner: str, partitions: Collection[int], *, now: datetime, lease: timedelta
    ) -> bool:
        """Claim partitions that are free or ours, or whose claim has expired; all or none.

        From then on no write succeeds once another deliverer has claimed them.

        Returns:
            Whether all were claimed.
        """
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(CLAIMS).on_conflict_do_update(
            index_elements=[CLAIMS.c.partition],
            set_={"owner": owner, "until": now + lease},
            # A claim far ahead was written by a clock that was ahead, and is not renewed.
            where=or_(
                CLAIMS.c.owner == owner,
                CLAIMS.c.until < now,
                CLAIMS.c.until > now + MAX_LEASES * lease,
            ),
        )
        async with self._engine.connect() as connection:
            for partition in sorted(partitions):
                values = {"partition": partition, "owner": owner, "until": now + lease}
                if (await connection.execute(statement, values)).rowcount != 1:
                    await connection.rollback()
                    return False
            await connection.commit()
        self._owner, self._claimed = owner, frozenset(partitions)
        return True

    async def release(self) -> None:
        """Release our partitions: other deliverers need not wait until the claim expires."""
        claimed, self._claimed = self._claimed, frozenset()
        if claimed:
            async with self._engine.begin() as connection:
                await connection.execute(
                    delete(CLAIMS).where(
                        CLAIMS.c.owner == self._owner, CLAIMS.c.partition.in_(sorted(claimed))
                    )
                )

    # Pauses for receivers that are gone

    async def pause(self, queue: QueueKey, reason: str, *, now: datetime) -> None:
        """Send no more messages of a queue until `unpause`."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(PAUSES).on_conflict_do_nothing()
        row = {**queue._asdict(), "since": now, "reason": reason[:MAX_ERROR]}
        await self._writer.write(statement, [row])

    async def pauses(self) -> dict[QueueKey, tuple[datetime, str]]:
        """Return the paused queues, with time and reason."""
        return {
            QueueKey(row.subscription_id, row.channel): (row.since, row.reason)
            for row in await self._rows(select(PAUSES))
        }

    async def unpause(self, queue: QueueKey) -> None:
        """Resume a queue."""
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(PAUSES).where(
                    PAUSES.c.subscription_id == queue.subscription_id,
                    PAUSES.c.channel == queue.channel,
                )
            )

    # Queries and commands of people

    async def deliveries(
        self,
        *,
        subscription_id: str = "",
        channel: str = "",
        states: Collection[DeliveryState] = (),
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """Return deliveries, the latest first.

        Args:
            subscription_id: Only of this saved search. Defaults to all.
            channel: Only to this channel, as in `QueueKey`. Defaults to all.
            states: Only with one of these states. Defaults to all.
            since: Only deliveries that arrived at this time or later.
            limit: Maximum number.
        """
        query = select(DELIVERIES).order_by(_D.number.desc()).limit(limit)
        if subscription_id:
            query = query.where(_D.subscription_id == subscription_id)
        if channel:
            query = query.where(_D.channel == channel)
        if states:
            query = query.where(_D.state.in_([state.value for state in states]))
        if since is not None:
            query = query.where(_D.arrived >= since)
        return [delivery_of(row) for row in await self._rows(query)]

    async def resend(self, deliveries: Sequence[Delivery], *, now: datetime) -> int:
        """Send ended deliveries again; a deliverer sees the change within seconds.

        A message with the same deliveries gets the same webhook-id: a receiver that has it may
        ignore it.

        Returns:
            Number of deliveries to be sent again; those that have not ended are left unchanged.
        """
        for queue in {delivery.queue_key for delivery in deliveries}:
            await self.unpause(queue)
        rows = [{"b_number": delivery.number, "b_now": now} for delivery in deliveries]
        return await self._writer.write(RESEND, rows)

    async def counts(self) -> dict[DeliveryState, int]:
        """Count the deliveries by state."""
        query = select(_D.state, func.count().label("n")).group_by(_D.state)
        return {DeliveryState(row.state): row.n for row in await self._rows(query)}

    async def n_open(self) -> int:
        """Count the open deliveries."""
        (row,) = await self._rows(select(func.count().label("n")).where(IS_OPEN))
        return int(row.n)

    async def delete_before(self, time: datetime) -> int:
        """Delete deliveries that ended and arrived before a time; return their number.

        Open deliveries stay, however old: a delivery ends as sent, given up or skipped, and its
        alert is not read from Kafka again.
        """
        async with self._engine.begin() as connection:
            result = await connection.execute(
                delete(DELIVERIES).where(HAS_ENDED, _D.arrived < time)
            )
        return result.rowcount

    async def _rows(self, query: Any) -> Sequence[Row[Any]]:
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).all()
