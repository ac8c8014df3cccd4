"""Children end with a killed parent, and at once if the parent has already died."""

import subprocess
import sys

import psutil
import pytest

from streams.runtime.parent_death import PRCTL
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow  # each test starts two processes

ways = pytest.mark.parametrize(
    "prctl",
    [
        pytest.param(
            "PRCTL",
            marks=pytest.mark.skipif(PRCTL is None, reason="only Linux has prctl"),
        ),
        "None",
    ],
    ids=["kernel", "thread"],
)

CHILD = """
import os, sys, time
from streams.runtime.parent_death import die_with_parent, PRCTL
die_with_parent(int(sys.argv[1]), prctl=CHOSEN)
print(os.getpid(), flush=True)
time.sleep(600)
"""

PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
time.sleep(600)
"""


@ways
async def test_die_with_parent_ends_with_a_killed_parent(prctl: str) -> None:
    program = CHILD.replace("CHOSEN", prctl)
    with subprocess.Popen(  # noqa: ASYNC220  # the test may wait
        [sys.executable, "-c", PARENT, program], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())

        parent.kill()
        parent.wait()

        await eventually(lambda: not psutil.pid_exists(child))


@ways
def test_die_with_parent_ends_at_once_for_another_parent(prctl: str) -> None:
    program = CHILD.replace("CHOSEN", prctl)

    ended = subprocess.run(
        [sys.executable, "-c", program, "1"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
