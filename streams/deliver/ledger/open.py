"""Open the ledger: SQLite in the data folder, or PostgreSQL."""

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event, insert, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from streams.deliver.ledger.ledger import Ledger
from streams.deliver.ledger.tables import METADATA, VERSION, VERSIONS
from streams.errors import NewsStreamsError, SettingsError
from streams.extras import install_command
from streams.runtime.file_lock import hold_lock
from streams.runtime.private_folder import ensure_private_folder
from streams.settings import Settings

FOLDER: Final = "deliver"
FILE: Final = "ledger.sqlite3"
"""File in that folder of the data folder; the topic prefix is prepended."""

DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}

COUNTING: Final = {"preserve_rowcount": True}
"""Make inserts report the rows they changed: a claim that changed none was refused."""

_LOCK = 0x6E657773
"""Advisory lock of PostgreSQL during the creation of tables ("news" in ASCII)."""


@asynccontextmanager
async def open_ledger(settings: Settings) -> AsyncIterator[Ledger]:
    """Open the ledger, and create missing tables.

    Raises:
        SettingsError: If the setting ``ledger`` is invalid.
        NewsStreamsError: If the database is unreachable, or was created by a newer version.
    """
    url = ledger_url(settings)
    shown = url.render_as_string(hide_password=True)
    try:
        engine = _engine(url)
    except ImportError as error:
        raise SettingsError(
            f"setting NEWS_LEDGER: {url.get_backend_name()} needs psycopg: "
            f"{install_command('postgresql')}"
        ) from error
    try:
        await _prepare(engine, shown, settings.topic_prefix)
        ledger = Ledger(engine)
        try:
            yield ledger
        finally:
            await ledger.close()
    finally:
        await engine.dispose()


def ledger_url(settings: Settings) -> URL:
    """Return the URL of the ledger.

    Raises:
        SettingsError: If the setting ``ledger`` is not a URL of SQLite or PostgreSQL.

    Examples:
        >>> ledger_url(Settings(data="/d")).render_as_string()
        'sqlite+aiosqlite:////d/deliver/ledger.sqlite3'
        >>> ledger_url(Settings(ledger="postgresql://news:secret@db/news")).render_as_string()
        'postgresql+psycopg://news:***@db/news'
    """
    configured = settings.ledger.get_secret_value()
    if not configured:
        return URL.create(
            "sqlite+aiosqlite",
            database=str(settings.data / FOLDER / f"{settings.topic_prefix}{FILE}"),
        )
    try:
        url = make_url(configured)
        return url.set(drivername=DRIVERS[url.get_backend_name()])
    except (ArgumentError, KeyError, ValueError):
        raise SettingsError(
            "setting NEWS_LEDGER: use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(
            url, pool_size=5, max_overflow=5, pool_pre_ping=True, execution_options=COUNTING
        )
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        ensure_private_folder(file.parent)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        _enable_wal(file)
    engine = create_async_engine(url, execution_options=COUNTING)
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


def _enable_wal(file: Path) -> None:
    """Switch to write-ahead logging, so that readers and the writer do not block each other.

    The file remembers the mode. One process at a time: when two switch together, SQLite answers
    "locked" at once.
    """
    lock = file.with_name(f"{file.name}.lock")
    with hold_lock(lock), closing(sqlite3.connect(file, timeout=30)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=30000")
    # Kafka's offset is committed after the rows, so the rows must survive a power failure.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


async def _prepare(engine: AsyncEngine, shown: str, prefix: str) -> None:
    try:
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await _create(connection, shown, prefix)
            await connection.commit()
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise NewsStreamsError(
            f"opening the ledger {shown}: {reason}; is the database running? (setting NEWS_LEDGER)"
        ) from error


async def _create(connection: AsyncConnection, shown: str, prefix: str) -> None:
    await connection.run_sync(METADATA.create_all)
    ledger = (await connection.execute(select(VERSIONS))).first()
    if ledger is None:
        values = {"version": VERSION, "topic_prefix": prefix}
        await connection.execute(insert(VERSIONS).values(values))
    elif ledger.version > VERSION:
        raise NewsStreamsError(
            f"the ledger {shown} has version {ledger.version}, this program supports {VERSION}: "
            "use a newer News Streams"
        )
    elif ledger.topic_prefix != prefix:
        raise NewsStreamsError(
            f"the ledger {shown} belongs to the topic prefix {ledger.topic_prefix!r}, not to "
            f"{prefix!r}: set another database for each pipeline (NEWS_LEDGER)"
        )
