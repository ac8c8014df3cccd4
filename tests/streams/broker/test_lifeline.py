"""A program ends with the process that started it: by the kernel, and without its help."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from streams.runtime import parent_death
from tests.support.waiting import eventually

ways = pytest.mark.parametrize(
    "kernel_tells",
    [
        pytest.param(
            True,
            marks=pytest.mark.skipif(not parent_death.KERNEL_TELLS, reason="only Linux has prctl"),
        ),
        False,
    ],
    ids=["kernel", "pipe"],
)

PARENT = """
import sys
from pathlib import Path
from streams.broker.process import spawn

folder, kernel_tells = Path(sys.argv[1]), sys.argv[2] == "True"
sleep = [sys.executable, "-c", "import time; time.sleep(float(__import__('sys').argv[1]))"]
pid = spawn(
    [*sleep, sys.argv[3]], environment={}, folder=folder, output=folder / "out",
    die_with_parent=True, kernel_tells=kernel_tells,
)
print(pid, flush=True)
sys.stdin.read()
"""


def start_parent(folder: Path, *, kernel_tells: bool, seconds: str) -> subprocess.Popen[str]:
    """A process that starts a sleeping program tied to itself, and prints the program's id."""
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), str(kernel_tells), seconds],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(process: subprocess.Popen[str]) -> str:
    """What a process prints first."""
    assert process.stdout is not None
    return process.stdout.readline()


@ways
async def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path, *, kernel_tells: bool) -> None:
    with start_parent(tmp_path, kernel_tells=kernel_tells, seconds="600") as parent:
        program = psutil.Process(int(first_line(parent)))
        await eventually(lambda: program.cmdline()[-1] == "600")
        family = [program, *program.children()]
        await eventually(lambda: "time.sleep" in " ".join(program.cmdline()))

        parent.kill()
        parent.wait()

        await eventually(lambda: not any(process.is_running() for process in family))


async def test_the_watching_process_ends_with_the_program(tmp_path: Path) -> None:
    with start_parent(tmp_path, kernel_tells=False, seconds="600") as parent:
        program = psutil.Process(int(first_line(parent)))
        await eventually(lambda: any("--watch" in child.cmdline() for child in program.children()))
        (watching,) = program.children()

        program.kill()

        await eventually(lambda: not watching.is_running())
        parent.kill()


async def test_the_watching_process_does_not_look_like_the_program(tmp_path: Path) -> None:
    with start_parent(tmp_path, kernel_tells=False, seconds="600") as parent:
        program = psutil.Process(int(first_line(parent)))
        await eventually(lambda: any("--watch" in child.cmdline() for child in program.children()))
        (watching,) = program.children()

        assert watching.cmdline()[-1] == str(program.pid)
        parent.kill()


@pytest.mark.parametrize("parent", [os.getpid(), 1], ids=["alive", "another one"])
@ways
def test_it_becomes_the_program_unless_its_parent_is_gone(
    parent: int, *, kernel_tells: bool
) -> None:
    lifeline, held = (None, None) if kernel_tells else os.pipe()
    command = parent_death.command_line(parent, ["/bin/echo", "it runs"], lifeline)

    said = subprocess.run(
        command, capture_output=True, check=True, pass_fds=() if lifeline is None else (lifeline,)
    ).stdout

    for end in (lifeline, held):
        if end is not None:
            os.close(end)
    assert said == (b"it runs\n" if parent == os.getpid() else b"")
