import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from streams.broker.config import MAIN_CLASS
from streams.broker.process import (
    end_process,
    exit_status,
    find_process,
    java_environment,
    runs_broker,
    spawn,
    started_at,
)
from tests.support.waiting import eventually

SLEEPS = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "open('deaf', 'w').close(); time.sleep(60)"
)
PATIENT = timedelta(seconds=10)


def start(folder: Path, code: str, *, die_with_parent: bool = False) -> int:
    """Start a program whose command line looks like that of a broker."""
    return spawn(
        [sys.executable, "-c", code, MAIN_CLASS, str(folder / "server.properties")],
        environment=java_environment([]),
        folder=folder,
        output=folder / "out",
        die_with_parent=die_with_parent,
    )


@pytest.fixture
async def sleeper(tmp_path: Path) -> AsyncIterator[int]:
    pid = start(tmp_path, SLEEPS)
    yield pid
    await end_process(pid, tmp_path / "server.properties", patience=PATIENT)


async def test_broker_is_recognized_by_its_settings(tmp_path: Path, sleeper: int) -> None:
    properties = tmp_path / "server.properties"
    await eventually(lambda: find_process(properties) == sleeper)

    assert runs_broker(sleeper, properties)
    assert find_process(tmp_path / "other.properties") is None


def test_another_program_with_the_process_id_is_not_the_broker(tmp_path: Path) -> None:
    assert not runs_broker(os.getpid(), tmp_path / "server.properties")
    assert started_at(os.getpid()).year >= 2026


async def test_spawned_process_has_its_own_session(sleeper: int) -> None:
    assert os.getsid(sleeper) == sleeper


@pytest.mark.parametrize(
    ("code", "patience", "by_itself", "status"),
    [
        (SLEEPS, PATIENT, True, "was killed by SIGTERM"),
        (STUBBORN, timedelta(milliseconds=100), False, "was killed by SIGKILL"),
    ],
)
async def test_end_process_kills_only_a_stubborn_broker(
    tmp_path: Path, code: str, patience: timedelta, *, by_itself: bool, status: str
) -> None:
    pid = start(tmp_path, code)
    await eventually(lambda: code is SLEEPS or (tmp_path / "deaf").exists())

    assert await end_process(pid, tmp_path / "server.properties", patience=patience) == by_itself
    assert exit_status(pid) == status


async def test_exit_code_and_output_of_a_process_are_known(tmp_path: Path) -> None:
    pid = start(tmp_path, "print('hello'); raise SystemExit(3)", die_with_parent=True)
    await eventually(lambda: not runs_broker(pid, tmp_path / "server.properties"))

    assert exit_status(pid) == "ended with exit code 3"
    assert (tmp_path / "out").read_text() == "hello\n"


def test_java_gets_the_jars_but_no_flags_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")

    environment = java_environment([Path("/a.jar"), Path("/b.jar")])

    assert environment["CLASSPATH"] == "/a.jar:/b.jar"
    assert "JAVA_TOOL_OPTIONS" not in environment
    assert environment["PATH"] == os.environ["PATH"]
