"""Ledgers are opened, created, recognized and refused."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import create_async_engine

from streams.deliver.ledger.open import ledger_url, open_ledger
from streams.deliver.ledger.tables import VERSIONS
from streams.errors import NewsStreamsError, SettingsError
from streams.settings import Settings
from tests.support.deliver import delivery


async def n_rows(settings: Settings) -> int:
    async with open_ledger(settings) as ledger:
        return len(await ledger.deliveries())


async def test_ledger_persists_after_reopening(
    ledger_settings: Settings,
) -> None:
    async with open_ledger(ledger_settings) as ledger:
        await ledger.add([delivery(1)])

    assert await n_rows(ledger_settings) == 1


async def test_concurrent_creation_succeeds(ledger_settings: Settings) -> None:
    assert await asyncio.gather(*(n_rows(ledger_settings) for _ in range(4))) == [0] * 4


async def test_ledger_of_newer_version_is_refused(ledger_settings: Settings) -> None:
    await n_rows(ledger_settings)
    engine = create_async_engine(ledger_url(ledger_settings))
    async with engine.begin() as connection:
        await connection.execute(update(VERSIONS).values(version=99))
    await engine.dispose()

    with pytest.raises(NewsStreamsError, match="has version 99"):
        await n_rows(ledger_settings)


async def test_ledger_of_another_pipeline_is_refused(ledger_settings: Settings) -> None:
    url = ledger_url(ledger_settings).render_as_string(hide_password=False)
    mine = ledger_settings.model_copy(update={"ledger": SecretStr(url)})
    await n_rows(mine)

    with pytest.raises(NewsStreamsError, match="set another database for each pipeline"):
        await n_rows(mine.model_copy(update={"topic_prefix": "other."}))


async def test_sqlite_ledger_is_private_and_durable(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    async with open_ledger(settings) as ledger, ledger._engine.connect() as connection:
        pragmas = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous")
        ]

    assert pragmas == ["wal", 2]
    assert (tmp_path / "deliver/ledger.sqlite3").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["nothing", "mysql://a/b", "sqlite"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="NEWS_LEDGER"):
        ledger_url(Settings(ledger=SecretStr(url)))


async def test_unreachable_database_error_hides_password() -> None:
    settings = Settings(ledger=SecretStr("postgresql://me:s3cret@127.0.0.1:1/news"))

    with pytest.raises(NewsStreamsError, match="is the database running") as raised:
        await n_rows(settings)
    assert "s3cret" not in str(raised.value)
