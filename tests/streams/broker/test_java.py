import os
import re

from streams.broker.java import java_runtime


def test_java_comes_from_a_python_package() -> None:
    runtime = java_runtime()

    assert os.access(runtime.program, os.X_OK)
    assert re.fullmatch(r"\d+(\.\d+)+", runtime.version)
