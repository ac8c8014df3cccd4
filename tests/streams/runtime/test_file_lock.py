import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from streams.errors import BrokerError, UsageError
from streams.runtime.file_lock import file_lock, hold_lock

LONG = timedelta(seconds=10)


async def test_file_lock_has_one_holder_and_reports_waiting(tmp_path: Path) -> None:
    events: list[str] = []
    path = tmp_path / "new" / "lock"

    async def second() -> None:
        async with file_lock(path, within=LONG, waiting=lambda: events.append("waiting")):
            events.append("second")

    async with file_lock(path, within=LONG, waiting=lambda: events.append("never")):
        waiter = asyncio.create_task(second())
        await asyncio.sleep(0)
        events.append("first")
    await waiter

    assert events == ["waiting", "first", "second"]


async def test_file_lock_gives_up_on_a_hanging_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    async with file_lock(path, within=LONG):
        with pytest.raises(BrokerError, match="not released within 0 s"):
            async with file_lock(path, within=timedelta(0)):
                pass


async def test_file_lock_is_released_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(RuntimeError, match="no"):
        async with file_lock(path, within=LONG):
            raise RuntimeError("no")

    async with file_lock(path, within=timedelta(0)):
        pass


async def test_file_lock_without_system_support_names_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="needs Linux or macOS: set NEWS_BROKER=host:port"):
        async with file_lock(tmp_path / "lock", within=LONG, has_locks=False):
            pass


def test_hold_lock_raises_if_another_holder_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lock"

    busy = hold_lock(path, busy="it runs already")
    with hold_lock(path), pytest.raises(UsageError, match="runs already"), busy:
        pass


def test_hold_lock_waits_for_another_holder(tmp_path: Path) -> None:
    path, events = tmp_path / "lock", []

    def second() -> None:
        with hold_lock(path):
            events.append("second")

    waiter = threading.Thread(target=second)
    with hold_lock(path):
        waiter.start()
        waiter.join(0.05)
        events.append("first")
    waiter.join()

    assert events == ["first", "second"]


def test_hold_lock_is_released_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(RuntimeError, match="no"), hold_lock(path):
        raise RuntimeError("no")

    with hold_lock(path, busy="still held"):
        pass
