"""The ledger: every delivery, how far it is, and who works on it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from streams.deliver.ledger.delivery import ENDED, Delivery, DeliveryState, QueueKey
from streams.deliver.ledger.statements import (
    BEGIN,
    END,
    HOLD,
    IS_OPEN,
    RESEND,
    SKIP,
    delivery_of,
    in_queue,
    values_of,
)
from streams.deliver.ledger.tables import CLAIMS, DELIVERIES, PAUSES
from streams.deliver.ledger.writer import LedgerWriter

_D = DELIVERIES.c

MAX_ERROR = 500
"""Characters of an error that are kept."""


class Ledger:
    """Reads and writes deliveries; what one write is given is written whole or not at all."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use a database whose tables are there; see `streams.deliver.ledger.open.open_ledger`."""
        self._engine = engine
        self._writer = LedgerWriter(engine, self._fence)
        self._owner = ""
        self._mine: frozenset[int] = frozenset()
        dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
        self._add = dialect.insert(DELIVERIES).on_conflict_do_nothing()

    async def close(self) -> None:
        """Stop writing."""
        await self._writer.close()

    # What comes in

    async def add(self, deliveries: Sequence[Delivery]) -> int:
        """Write down new deliveries; those whose alert and channel it has already, it leaves.

        Returns:
            How many were new.
        """
        return await self._writer.write(self._add, [values_of(one) for one in deliveries])

    # What is to be done

    async def open_lanes(self, partitions: Collection[int]) -> list[QueueKey]:
        """Give the lanes of these partitions in which something is to be done."""
        query = (
            select(_D.subscription_id, _D.channel)
            .where(IS_OPEN, _D.partition.in_(sorted(partitions)))
            .distinct()
        )
        return [QueueKey(row.subscription_id, row.channel) for row in await self._rows(query)]

    async def open_deliveries(self, lane: QueueKey, *, limit: int) -> list[Delivery]:
        """Give what is to be done in a lane, in its order."""
        query = select(DELIVERIES).where(IS_OPEN, *in_queue(lane)).order_by(_D.number).limit(limit)
        return [delivery_of(row) for row in await self._rows(query)]

    async def group(self, group_id: str) -> list[Delivery]:
        """Give what is to be done of a group, in its order."""
        query = select(DELIVERIES).where(IS_OPEN, _D.group_id == group_id).order_by(_D.number)
        return [delivery_of(row) for row in await self._rows(query)]

    async def sent_times(self, lane: QueueKey, *, since: datetime) -> list[datetime]:
        """Tell when messages were sent in a lane, each once, in order."""
        query = (
            select(func.max(_D.ended).label("ended"))
            .where(*in_queue(lane), _D.state == DeliveryState.SENT.value, _D.ended > since)
            .group_by(_D.group_id)
        )
        return sorted(row.ended for row in await self._rows(query))

    # What becomes of it

    async def begin(
        self, deliveries: Sequence[Delivery], group_id: str, form: str, *, now: datetime
    ) -> None:
        """Write down that a group is being sent: from now on it stays this group."""
        rows = [
            {"b_number": one.number, "b_group": group_id, "b_form": form, "b_now": now}
            for one in deliveries
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
        """Write down what came of sending a group."""
        values = {
            "b_group": group_id,
            "b_state": state.value,
            "b_next": next_try,
            "b_ended": now if state in ENDED else None,
            "b_error": error[:MAX_ERROR],
        }
        rows = [{"b_number": one.number, **values} for one in deliveries]
        await self._writer.write(END, rows)

    async def hold(
        self, deliveries: Sequence[Delivery], *, until: datetime | None, why: str
    ) -> None:
        """Write down what deliveries that were not tried yet wait for."""
        rows = [
            {"b_number": one.number, "b_until": until, "b_why": why[:MAX_ERROR]}
            for one in deliveries
        ]
        await self._writer.write(HOLD, rows)

    async def skip(self, lane: QueueKey, why: str, *, now: datetime) -> int:
        """End whatever is to be done in a lane; give how much it was."""
        values = {"b_now": now, "b_why": why[:MAX_ERROR]}
        return await self._writer.write(
            SKIP, [{"b_subscription": lane.subscription_id, "b_channel": lane.channel, **values}]
        )

    # Who works on it

    def _fence(self) -> tuple[Any, dict[str, Any], int] | None:
        if not self._mine:
            return None
        statement = (
            update(CLAIMS)
            .where(CLAIMS.c.owner == self._owner, CLAIMS.c.partition.in_(sorted(self._mine)))
            .values(until=CLAIMS.c.until)
        )
        return statement, {}, len(self._mine)

    async def claim(
        self, owner: str, partitions: Collection[int], *, now: datetime, lease: timedelta
    ) -> bool:
        """Take partitions that nobody has, whose time is over or that are ours; all or none.

        From then on nothing is written once another one has them.

        Returns:
            Whether we have them.
        """
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        taking = dialect.insert(CLAIMS)
        statement = taking.on_conflict_do_update(
            index_elements=[CLAIMS.c.partition],
            set_={"owner": owner, "until": now + lease},
            where=or_(CLAIMS.c.owner == owner, CLAIMS.c.until < now),
        )
        async with self._engine.connect() as connection:
            for partition in sorted(partitions):
                values = {"partition": partition, "owner": owner, "until": now + lease}
                if (await connection.execute(statement, values)).rowcount != 1:
                    await connection.rollback()
                    return False
            await connection.commit()
        self._owner, self._mine = owner, frozenset(partitions)
        return True

    async def release(self) -> None:
        """Let go of our partitions: others need not wait until the time is over."""
        mine, self._mine = self._mine, frozenset()
        if mine:
            async with self._engine.begin() as connection:
                await connection.execute(
                    delete(CLAIMS).where(
                        CLAIMS.c.owner == self._owner, CLAIMS.c.partition.in_(sorted(mine))
                    )
                )

    # Receivers that are gone

    async def pause(self, lane: QueueKey, reason: str, *, now: datetime) -> None:
        """Send nothing more in a lane until `unpause`."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(PAUSES).on_conflict_do_nothing()
        row = {**lane._asdict(), "since": now, "reason": reason[:MAX_ERROR]}
        await self._writer.write(statement, [row])

    async def pauses(self) -> dict[QueueKey, tuple[datetime, str]]:
        """Give the lanes in which nothing is sent, since when and why."""
        return {
            QueueKey(row.subscription_id, row.channel): (row.since, row.reason)
            for row in await self._rows(select(PAUSES))
        }

    async def unpause(self, lane: QueueKey) -> None:
        """Send in a lane again."""
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(PAUSES).where(
                    PAUSES.c.subscription_id == lane.subscription_id,
                    PAUSES.c.channel == lane.channel,
                )
            )

    # For people

    async def deliveries(
        self,
        *,
        subscription_id: str = "",
        channel: str = "",
        states: Collection[DeliveryState] = (),
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """Give deliveries, the latest first.

        Args:
            subscription_id: Only of this one; empty: of all.
            channel: Only to this one, as in `QueueKey`; empty: to all.
            states: Only with one of these; none: with any.
            since: Only what came at this time or later.
            limit: At most so many.
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
        """Let deliveries that have ended be sent again; a deliverer sees it within seconds.

        What is sent as before has the webhook-id that it had: a receiver that has it may
        leave it out.

        Returns:
            How many; those that have not ended go their way.
        """
        for lane in {one.lane for one in deliveries}:
            await self.unpause(lane)
        rows = [{"b_number": one.number, "b_now": now} for one in deliveries]
        return await self._writer.write(RESEND, rows)

    async def counts(self) -> dict[DeliveryState, int]:
        """Count the deliveries by state."""
        query = select(_D.state, func.count().label("n")).group_by(_D.state)
        return {DeliveryState(row.state): row.n for row in await self._rows(query)}

    async def n_open(self) -> int:
        """Count what is yet to be done."""
        (row,) = await self._rows(select(func.count().label("n")).where(IS_OPEN))
        return int(row.n)

    async def sweep(self, *, before: datetime) -> int:
        """Forget deliveries that came before then, whatever their state; give how many."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(DELIVERIES).where(_D.arrived < before))
        return gone.rowcount

    async def _rows(self, query: Any) -> Sequence[Row[Any]]:
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).all()
