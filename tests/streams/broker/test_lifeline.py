"""A program ends with the process that started it, with and without help of the kernel."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from streams.runtime import parent_death
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow  # each test starts two processes

ways = pytest.mark.parametrize(
    "kernel_signals",
    [
        pytest.param(
            True,
            marks=pytest.mark.skipif(
                not parent_death.KERNEL_SIGNALS, reason="only Linux has prctl"
            ),
        ),
        False,
    ],
    ids=["kernel", "pipe"],
)

PARENT = """
import sys
from pathlib import Path
from streams.broker.process import spawn

folder, kernel_signals = Path(sys.argv[1]), sys.argv[2] == "True"
sleep = [sys.executable, "-c", "import time; time.sleep(float(__import__('sys').argv[1]))"]
pid = spawn(
    [*sleep, sys.argv[3]], environment={}, folder=folder, output=folder / "out",
    die_with_parent=True, kernel_signals=kernel_signals,
)
print(pid, flush=True)
sys.stdin.read()
"""


def start_parent(folder: Path, *, kernel_signals: bool, seconds: str) -> subprocess.Popen[str]:
    """Start a process that starts a sleeping program tied to itself, and prints its id."""
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), str(kernel_signals), seconds],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(process: subprocess.Popen[str]) -> str:
    """Return the first line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


@ways
async def test_program_ends_with_a_killed_parent(tmp_path: Path, *, kernel_signals: bool) -> None:
    with start_parent(tmp_path, kernel_signals=kernel_signals, seconds="600") as parent:
        program = psutil.Process(int(first_line(parent)))
        await eventually(lambda: program.cmdline()[-1] == "600")
        family = [program, *program.children()]
        await eventually(lambda: "time.sleep" in " ".join(program.cmdline()))

        parent.kill()
        parent.wait()

        await eventually(lambda: not any(process.is_running() for process in family))


async def test_watching_process_ends_with_the_program(tmp_path: Path) -> None:
    with start_parent(tmp_path, kernel_signals=False, seconds="600") as parent:
        program = psutil.Process(int(first_line(parent)))
        await eventually(lambda: any("--watch" in child.cmdline() for child in program.children()))
        (watching,) = program.children()

        program.kill()

        await eventually(lambda: not watching.is_running())
        parent.kill()

    assert not watching.is_running()


async def test_watching_process_differs_from_the_program(tmp_path: Path) -> None:
    with start_parent(tmp_path, kernel_signals=False, seconds="600") as parent:
        program = psutil.Process(int(first_line(parent)))
        await eventually(lambda: any("--watch" in child.cmdline() for child in program.children()))
        (watching,) = program.children()

        assert watching.cmdline()[-1] == str(program.pid)
        parent.kill()


@pytest.mark.parametrize("parent", [os.getpid(), 1], ids=["alive", "another one"])
@ways
def test_script_runs_the_program_only_for_its_parent(parent: int, *, kernel_signals: bool) -> None:
    lifeline, held = (None, None) if kernel_signals else os.pipe()
    command = parent_death.command_line(parent, ["/bin/echo", "it runs"], lifeline)

    output = subprocess.run(
        command, capture_output=True, check=True, pass_fds=() if lifeline is None else (lifeline,)
    ).stdout

    for end in (lifeline, held):
        if end is not None:
            os.close(end)
    assert output == (b"it runs\n" if parent == os.getpid() else b"")
