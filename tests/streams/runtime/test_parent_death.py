"""Children end with a parent that is killed, and at once when it has gone before."""

import subprocess
import sys

import psutil
import pytest

from tests.support.waiting import eventually

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")

CHILD = """
import os, sys, time
from streams.runtime.parent_death import die_with_parent
die_with_parent(int(sys.argv[1]))
print(os.getpid(), flush=True)
time.sleep(600)
"""

PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
time.sleep(600)
"""


@linux_only
async def test_die_with_parent_ends_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen(  # noqa: ASYNC220  # the test may wait
        [sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())

        parent.kill()
        parent.wait()

        await eventually(lambda: not psutil.pid_exists(child))


@linux_only
def test_die_with_parent_ends_at_once_when_its_parent_is_another_one() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, "1"], capture_output=True, text=True, timeout=30, check=False
    )

    assert (ended.returncode, ended.stdout) == (1, "")
