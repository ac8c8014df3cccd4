import os
import subprocess
import sys

from streams.broker import tied


def test_it_becomes_the_program_it_is_given() -> None:
    command = [sys.executable, "-I", "-S", tied.__file__, str(os.getpid()), "/bin/echo", "it runs"]

    assert subprocess.run(command, capture_output=True, check=True).stdout == b"it runs\n"


def test_it_does_nothing_when_its_parent_is_another_process() -> None:
    command = [sys.executable, "-I", "-S", tied.__file__, "1", "/bin/echo", "it runs"]

    assert subprocess.run(command, capture_output=True, check=True).stdout == b""
