import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from streams.errors import BrokerError, UsageError
from streams.runtime.file_lock import file_lock, hold_lock

LONG = timedelta(seconds=10)


async def test_one_holder_at_a_time_and_the_next_is_told_that_it_waits(tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / "new" / "lock"

    async def second() -> None:
        async with file_lock(path, within=LONG, waiting=lambda: said.append("waiting")):
            said.append("second")

    async with file_lock(path, within=LONG, waiting=lambda: said.append("never")):
        waiter = asyncio.create_task(second())
        await asyncio.sleep(0)
        said.append("first")
    await waiter

    assert said == ["waiting", "first", "second"]


async def test_a_holder_that_hangs_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    async with file_lock(path, within=LONG):
        with pytest.raises(BrokerError, match="did not let go"):
            async with file_lock(path, within=timedelta(0)):
                pass


async def test_a_holder_that_fails_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(RuntimeError, match="no"):
        async with file_lock(path, within=LONG):
            raise RuntimeError("no")

    async with file_lock(path, within=timedelta(0)):
        pass


async def test_a_system_without_file_locks_gets_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="needs Linux or macOS: set NEWS_BROKER=host:port"):
        async with file_lock(tmp_path / "lock", within=LONG, has_locks=False):
            pass


def test_hold_lock_says_that_another_holder_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lock"

    busy = hold_lock(path, busy="it runs already")
    with hold_lock(path), pytest.raises(UsageError, match="runs already"), busy:
        pass


def test_hold_lock_waits_for_another_holder(tmp_path: Path) -> None:
    path, said = tmp_path / "lock", []

    def second() -> None:
        with hold_lock(path):
            said.append("second")

    waiter = threading.Thread(target=second)
    with hold_lock(path):
        waiter.start()
        waiter.join(0.05)
        said.append("first")
    waiter.join()

    assert said == ["first", "second"]


def test_hold_lock_lets_go_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with pytest.raises(RuntimeError, match="no"), hold_lock(path):
        raise RuntimeError("no")

    with hold_lock(path, busy="still held"):
        pass
