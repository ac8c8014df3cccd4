"""The claims of docs/reference/systems.md: features of Linux are switched off here."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

POSIX_ONLY = ("fcntl", "grp", "syslog", "termios")
"""Modules that Python lacks on Windows; psutil on Linux needs two more, ``pwd``, ``resource``."""


@pytest.mark.slow
def test_library_and_client_need_no_posix_module() -> None:
    program = (
        f"import sys\nsys.modules.update(dict.fromkeys({POSIX_ONLY}))\n"
        "import streams\nfor name in streams._EXPORTS: getattr(streams, name)\n"
        "article = streams.raw_article(source='x', title='Rain', text='It rained in Hamburg.')\n"
        "print([topic for topic, _ in streams.Driver().run(article)][-1])"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert ended.stdout == "routed.unmatched.v1\n", ended.stderr


WITH_FALLBACK = {"supervisor/member_name.py"}
"""Modules that work without the file of Linux that they read."""


def test_no_module_needs_files_of_linux() -> None:
    sources = {path: path.read_text() for path in sorted((ROOT / "streams").rglob("*.py"))}
    reading = {path for path, text in sources.items() if '"/proc' in text or '"/sys/' in text}

    assert {path.relative_to(ROOT / "streams").as_posix() for path in reading} == WITH_FALLBACK
