"""The tables of the ledger, the same in SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from streams.deliver.ledger.delivery import DeliveryState

VERSION: Final = 1
"""Version of these tables; a ledger stores its own."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored as microseconds since 1970: SQLite has no type for times."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002
        """Convert a time to microseconds."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Convert microseconds to a time."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


METADATA = MetaData()

VERSIONS = Table(
    "ledger_version",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("topic_prefix", String(40), nullable=False),
)
"""Version of the tables, and the pipeline's topic prefix: two pipelines never share a ledger."""

# SQLite numbers rows automatically only in a column that is exactly an INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("alert_id", String(500), nullable=False),
    Column("channel", String(300), nullable=False),
    Column("subscription_id", String(500), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("made", UtcTime, nullable=False),
    Column("arrived", UtcTime, nullable=False),
    Column("state", String(20), nullable=False, default=DeliveryState.WAITING.value),
    Column("group_id", String(40), nullable=False, default=""),
    Column("form", String(20), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_try", UtcTime),
    Column("next_try", UtcTime),
    Column("ended", UtcTime),
    Column("last_error", String(500), nullable=False, default=""),
    UniqueConstraint("alert_id", "channel", name="deliveries_key"),
    sqlite_autoincrement=True,
)
"""One row for each alert and channel."""

# Without parameters, so that both databases recognize that a query can use this index.
_OPEN = DELIVERIES.c.ended.is_(None)

Index(
    "deliveries_open",
    DELIVERIES.c.subscription_id,
    DELIVERIES.c.channel,
    DELIVERIES.c.number,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index("deliveries_group", DELIVERIES.c.group_id)
Index("deliveries_sent", DELIVERIES.c.subscription_id, DELIVERIES.c.channel, DELIVERIES.c.ended)
Index("deliveries_ended", DELIVERIES.c.ended)

CLAIMS = Table(
    "claims",
    METADATA,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("owner", String(200), nullable=False),
    Column("until", UtcTime, nullable=False),
)
"""Which deliverer works on the rows of a partition, and until when its claim is valid."""

POSITIONS = Table(
    "positions",
    METADATA,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("topic_id", String(40), nullable=False),
    Column("next_offset", BigInteger, nullable=False),
)
"""For each partition of alerts.v1, the offset after the last alert whose deliveries are stored, and
the id of the topic. What counts at a start: Kafka's committed position is that of a ledger that may
have been lost, or replaced by an older copy."""

PAUSES = Table(
    "pauses",
    METADATA,
    Column("subscription_id", String(500), primary_key=True),
    Column("channel", String(300), primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("reason", String(500), nullable=False),
)
"""Delivery queues whose receiver reported that it is gone."""
