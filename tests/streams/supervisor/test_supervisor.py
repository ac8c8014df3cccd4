"""The supervisor, with real processes that die, hang and do not stop."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from streams.errors import NewsStreamsError
from streams.runtime.ports import free_port
from streams.supervisor.supervisor import START_ATTEMPTS, Child, Supervisor, TimeLimits, Wait
from streams.worker.worker import Exit
from tests.support import fake_worker
from tests.support.waiting import eventually

PROGRAM = (sys.executable, "-I", "-S", fake_worker.__file__)

QUICK = TimeLimits(hang_seconds=5.0, stop_seconds=5.0, first_pause_seconds=0.05)
"""Limits that keep the tests short."""


@asynccontextmanager
async def supervised(
    *children: Child, limits: TimeLimits = QUICK
) -> AsyncIterator[tuple[Supervisor, "asyncio.Future[int]"]]:
    """Run children as fake workers until the body ends."""
    supervisor = Supervisor(
        list(children), {"NEWS_BROKER": "kafka:9092"}, program=PROGRAM, limits=limits
    )
    running = asyncio.ensure_future(supervisor.run())
    try:
        yield supervisor, running
    finally:
        supervisor.stop()
        await running


def pid(child: Child) -> int:
    """Return the current process id of a child."""
    assert child.process is not None
    return child.process.pid


def is_back(child: Child, former: int) -> Callable[[], bool]:
    """Return a check that the child is ready in another process than the former one."""
    return lambda: child.ready and pid(child) != former


async def test_supervisor_uses_a_fixed_port() -> None:
    port = free_port()
    child = Child("serve-1", ("works",), fixed_port=port)

    async with supervised(child) as (supervisor, _):
        await supervisor.wait_ready()

        assert child.port == port


async def test_supervisor_passes_port_and_environment() -> None:
    child = Child("clean-1", ("works",))

    async with supervised(child) as (supervisor, _):
        await supervisor.wait_ready()

        assert child.health == {"ready": True, "pid": pid(child), "broker": "kafka:9092"}
        assert child.note == "running"


async def test_supervisor_starts_a_process_when_its_wait_ends(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    child = Child("serve-1", ("works",), wait=Wait(is_met=tokens.is_file, note="waits for a token"))

    async with supervised(child) as (supervisor, _):
        await supervisor.wait_ready()
        assert (child.process, child.waiting) == (None, True)

        tokens.touch()
        await eventually(lambda: child.ready)

        assert not child.waiting


async def test_supervisor_restarts_a_killed_process() -> None:
    child, other = Child("clean-1", ("works",)), Child("tag-1", ("works",))

    async with supervised(child, other) as (supervisor, _):
        await supervisor.wait_ready()
        former, untouched = pid(child), pid(other)

        psutil.Process(former).kill()
        await eventually(is_back(child, former))

        assert (child.restarts, other.restarts, pid(other)) == (1, 0, untouched)


async def test_supervisor_restarts_until_ready_and_keeps_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "clean-1.log"
    child = Child("clean-1", ("ends-until", str(tmp_path / "count"), "2"), log)

    async with supervised(child) as (supervisor, _):
        await supervisor.wait_ready()

    assert (child.restarts, log.read_text().count("ending")) == (2, 2)


async def test_supervisor_keeps_reason_of_restart(tmp_path: Path) -> None:
    child = Child("clean-1", ("ends-until", str(tmp_path / "count"), "1"), tmp_path / "clean-1.log")
    killed = Child("tag-1", ("works",))

    async with supervised(child, killed) as (supervisor, _):
        await supervisor.wait_ready()
        former = pid(killed)
        psutil.Process(former).kill()
        await eventually(is_back(killed, former))

        assert (child.reason, killed.reason) == ("crashed (code 1)", "killed by SIGKILL")
        assert child.ended_at < child.started_at


async def test_supervisor_names_a_process_that_hung() -> None:
    child = Child("clean-1", ("silent",))

    async with supervised(child, limits=TimeLimits(hang_seconds=0.8, first_pause_seconds=0.05)):
        await eventually(lambda: child.restarts > 0)

        assert child.reason == "did not answer for 0.8 s, killed"


async def test_logs_of_a_process_stay_within_their_size(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "clean-1.log"
    child = Child("clean-1", ("shouts", "300000"), path)
    supervisor = Supervisor([child], {}, program=PROGRAM, limits=QUICK, log_max_bytes=64 * 1024)
    running = asyncio.ensure_future(supervisor.run())

    await supervisor.wait_ready()
    await eventually(lambda: path.read_bytes().endswith(b"the last line\n"))
    supervisor.stop()
    await running

    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["clean-1.log", "clean-1.log.1"]
    assert sum(file.stat().st_size for file in files) <= 64 * 1024


async def test_supervisor_pauses_longer_with_each_quick_death() -> None:
    child = Child("clean-1", ("ends", "1"))
    notes: list[str] = []
    supervisor = Supervisor([child], {}, program=PROGRAM, limits=QUICK)
    running = asyncio.ensure_future(supervisor.run(on_change=lambda: notes.append(child.note)))

    await eventually(lambda: child.restarts >= 3)
    supervisor.stop()

    assert await asyncio.wait_for(running, 5) == 0
    waits = ("0.05", "0.1", "0.2")
    assert notes[:3] == [f"ended with code 1, restart in {wait} s" for wait in waits]


async def test_supervisor_stops_during_a_pause() -> None:
    child = Child("clean-1", ("ends", "1"))
    limits = TimeLimits(first_pause_seconds=20)

    async with supervised(child, limits=limits) as (supervisor, running):
        await eventually(lambda: child.restarts == 1)
        supervisor.stop()

        assert await asyncio.wait_for(running, 2) == 0
        assert child.note == "stopped"


@pytest.mark.parametrize("code", [1, int(Exit.TOO_MANY_REJECTED), int(Exit.STALLED)])
async def test_supervisor_never_gives_a_process_up(code: int) -> None:
    child = Child("clean-1", ("ends", str(code)))
    limits = TimeLimits(first_pause_seconds=0.001)

    async with supervised(child, limits=limits) as (supervisor, running):
        await eventually(lambda: child.restarts > START_ATTEMPTS)
        supervisor.stop()

        assert await running == 0


async def test_supervisor_retries_a_start_that_the_system_refuses() -> None:
    child = Child("clean-1", ())
    supervisor = Supervisor(
        [child], {}, program=("/nowhere/python",), limits=TimeLimits(first_pause_seconds=0.001)
    )
    running = asyncio.ensure_future(supervisor.run())

    await eventually(lambda: child.restarts > 1)
    supervisor.stop()

    assert await running == 0
    assert child.reason.startswith("cannot start: ")


@pytest.mark.parametrize(
    "behavior",
    [("silent",), ("babbles", "hello"), ("babbles", "[1]")],
    ids=["silent", "no JSON", "no object"],
)
async def test_supervisor_kills_and_restarts_a_hanging_process(behavior: tuple[str, ...]) -> None:
    child = Child("clean-1", behavior)

    async with supervised(child, limits=TimeLimits(hang_seconds=0.8, first_pause_seconds=0.05)):
        await eventually(lambda: child.process is not None)
        former = pid(child)
        await eventually(lambda: child.restarts > 0)

        assert not psutil.pid_exists(former)


async def test_supervisor_kills_a_process_that_does_not_stop() -> None:
    child = Child("clean-1", ("stubborn",))
    limits = TimeLimits(stop_seconds=0.3)

    async with supervised(child, limits=limits) as (supervisor, running):
        await supervisor.wait_ready()
        asked = time.monotonic()
        supervisor.stop()
        await running

        assert 0.3 <= time.monotonic() - asked < 3
        assert not psutil.pid_exists(pid(child))


async def test_cancelled_supervisor_leaves_no_process() -> None:
    child = Child("clean-1", ("stubborn",))
    supervisor = Supervisor([child], {}, program=PROGRAM, limits=QUICK)
    running = asyncio.ensure_future(supervisor.run())
    await supervisor.wait_ready()

    running.cancel()
    await asyncio.wait((running,))

    assert running.cancelled()
    await eventually(lambda: not psutil.pid_exists(pid(child)), within=timedelta(seconds=3))


async def test_wait_ready_names_the_failing_process_and_its_log(tmp_path: Path) -> None:
    child = Child("clean-1", ("ends", "1"), tmp_path / "clean-1.log")

    async with supervised(child) as (supervisor, _):
        with pytest.raises(NewsStreamsError, match=r"^clean-1 does not start: .*clean-1\.log$"):
            await asyncio.wait_for(supervisor.wait_ready(), 15)


@pytest.mark.parametrize(
    ("health", "ready"), [({}, False), ({"ready": False}, False), ({"ready": True}, True)]
)
def test_child_is_ready_as_its_health_says(health: dict[str, object], ready: bool) -> None:  # noqa: FBT001  # a table
    assert Child("clean-1", (), health=health).ready is ready
